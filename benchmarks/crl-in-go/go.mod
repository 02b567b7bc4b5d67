module makerregistry.example/benchmarks/crl-in-go

go 1.24
