"""Checks the settlement vectors in valid/ and invalid/ without any other code of this project.

Needs Python 3.11 and nothing else. Written from docs/specification/royalties.md alone, with whole numbers only. Prints a
line for each failure and a closing count; exits with 1 on any failure, and where there is nothing to check.
"""

import json
import pathlib
import re
import sys
from typing import Any

HERE = pathlib.Path(__file__).parent
TERMS = {"beneficiaries", "shares_bps", "derivative_royalty_bps"}
POLICY = TERMS | {"max_depth", "total_royalty_cap_bps", "status"}
DEFAULTS = {"shares_bps": [10_000], "derivative_royalty_bps": 0}


class Refused(Exception):
    """A refusal; its text is the code."""


def need(condition: object, code: str) -> None:
    if not condition:
        raise Refused(code)


def split(amount: int, weights: list[int]) -> list[int]:
    whole = sum(weights)
    if whole == 0:
        return [0 for _ in weights]
    parts, rests = zip(*(divmod(amount * weight, whole) for weight in weights))
    ranking = sorted(range(len(weights)), key=lambda place: (-rests[place], place))
    lucky = ranking[: amount - sum(parts)]
    return [part + (place in lucky) for place, part in enumerate(parts)]


def within(value: Any, low: int, high: int) -> bool:
    return type(value) is int and low <= value <= high


def check_forms(case: dict[str, Any]) -> None:
    needed, optional = {"amount", "currency", "records"}, {"fee_bps", "mode"}
    good = needed <= set(case) <= needed | optional
    good = good and re.fullmatch("[A-Z]{3}", case["currency"]) and within(case.get("fee_bps", 0), 0, 10_000)
    need(good and case.get("mode", "permissive") in ("permissive", "strict"), "SCHEMA_VIOLATION")
    for record in case["records"]:
        if record is not None:
            known = set(record) - {"owner", "content_hash"}
            need(known <= POLICY and (TERMS <= known or (not known and "owner" in record)), "SCHEMA_VIOLATION")
            need(re.fullmatch("(?!0{64})[0-9a-f]{64}", record.get("content_hash", "1" * 64)), "SCHEMA_VIOLATION")
            need(record.get("status", "active") in ("active", "deprecated", "revoked"), "SCHEMA_VIOLATION")


def check_terms(record: dict[str, Any]) -> None:
    names, shares, cap = record["beneficiaries"], record["shares_bps"], record.get("total_royalty_cap_bps")
    good = 1 <= len(names) <= 64 and len(names) == len(set(names)) == len(shares)
    good = good and all(within(share, 1, 10_000) for share in shares) and sum(shares) == 10_000
    good = good and within(record["derivative_royalty_bps"], 0, 10_000) and within(record.get("max_depth", 64), 1, 64)
    need(good and (cap is None or within(cap, 0, 10_000)), "POLICY_INVALID")


def check_case(case: dict[str, Any]) -> int:
    """The amount, if the case can be settled at all."""
    check_forms(case)
    text = case["amount"]
    need(type(text) is str and re.fullmatch("[1-9][0-9]{0,30}", text) and int(text) <= 10**30, "AMOUNT_INVALID")
    for record in case["records"]:
        if record is not None and "beneficiaries" in record:
            check_terms(record)
    need(case["records"] and case["records"][0] is not None, "NOT_FOUND")
    need(case["records"][0].get("status") != "revoked", "POLICY_REVOKED")
    return int(text)


def lineage(case: dict[str, Any]) -> dict[str, Any]:
    records = case["records"]
    depth, seen, end = 0, {records[0].get("content_hash")} - {None}, "stop"
    for parent in records[1 : 1 + records[0].get("max_depth", 64)]:
        if parent is not None and parent.get("content_hash") in seen:
            end = "cycle"
            break
        if parent is None:
            need(case.get("mode") != "strict", "PARENT_NOT_FOUND")
            end = "missing"
            break
        seen |= {parent.get("content_hash")} - {None}
        depth += 1
    return {"depth": depth, "incomplete": end == "missing", "cycle": end == "cycle"}


def settle(case: dict[str, Any]) -> dict[str, Any]:
    amount = check_case(case)
    summary = lineage(case)
    records = [
        {**DEFAULTS, "beneficiaries": [record.get("owner")], "status": "active", **record}
        for record in case["records"][: summary["depth"] + 1]
    ]
    claims = [0 if record["status"] == "revoked" else record["derivative_royalty_bps"] for record in records]
    claims[0] = 0
    cap = records[0].get("total_royalty_cap_bps")
    fee = amount * case.get("fee_bps", 0) // 10_000
    ancestors = (amount - fee) * min(sum(claims), 10_000 if cap is None else cap) // 10_000
    parts = [amount - fee - ancestors] + split(ancestors, claims[1:])
    lines = [
        {"layer": layer, "beneficiary": name, "amount": str(part)}
        for layer, record in enumerate(records)
        for name, part in zip(record["beneficiaries"], split(parts[layer], record["shares_bps"]))
        if part > 0
    ]
    payouts = {line["beneficiary"]: 0 for line in lines}
    for line in lines:
        payouts[line["beneficiary"]] += int(line["amount"])
    return {
        "fee": str(fee),
        "layers": [
            {"layer": layer, "amount": str(parts[layer]), "claim_bps": claims[layer], "status": record["status"]}
            for layer, record in enumerate(records)
        ],
        "payouts": {name: str(part) for name, part in payouts.items()},
        "lines": lines,
        "lineage": summary,
    }


def answer(case: dict[str, Any]) -> Any:
    try:
        return settle(case)
    except Refused as refusal:
        return str(refusal)


def conserved(case: dict[str, Any], output: dict[str, Any]) -> bool:
    amount, fee = int(case["amount"]), int(output["fee"])
    sums = [sum(int(item["amount"]) for item in output[name]) for name in ("layers", "lines")]
    return [amount - fee] * 3 == [*sums, sum(map(int, output["payouts"].values()))]


def main() -> int:
    failures, checked = 0, 0
    for folder, member in (("valid", "output"), ("invalid", "code")):
        for path in sorted((HERE / folder).glob("settlement-*.json")):
            vector = json.loads(path.read_text(encoding="utf-8"))
            found = answer(vector["input"])
            good = vector["kind"] == "settlement" and found == vector[member]
            good = good and (member == "code" or conserved(vector["input"], found))
            checked += 1
            failures += not good
            if not good:
                print(f"{folder}/{path.name}: expected {vector[member]}, found {found}")
    print(f"{checked} settlement vectors, {failures} failures")
    return 1 if failures or not checked else 0


if __name__ == "__main__":
    sys.exit(main())
