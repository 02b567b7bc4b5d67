"""Makes the settlement vectors in valid/ and invalid/ from docs/specification/royalties.md alone, without the TypeScript code.

Needs Python 3.11 and nothing else. Run it from anywhere; it writes beside itself. One file shows one rule. Quotas are
exact fractions here; check_settlements.py reads the same page with whole numbers only, and the unit tests compare the
protocol library with both.
"""

import json
import pathlib
import re
from fractions import Fraction
from math import floor
from typing import Any, Optional

HERE = pathlib.Path(__file__).parent
WIDTH = 110
Json = dict[str, Any]


# --- Files ---


def one_line(values: list[Any]) -> str:
    return "[" + ", ".join(json.dumps(value) for value in values) + "]"


def filled(values: list[Any], inner: str) -> str:
    """Numbers as the project's formatter sets them where they need several lines: as many on each as fit."""
    lines = [inner]
    for place, value in enumerate(values):
        text = str(value) + ("," if place < len(values) - 1 else "")
        if lines[-1] != inner and len(lines[-1]) + 1 + len(text) > WIDTH:
            lines.append(inner)
        lines[-1] += text if lines[-1] == inner else " " + text
    return "\n".join(lines)


def layout(value: Any, indent: str = "", used: int = 0) -> str:
    """JSON as the project's formatter leaves it."""
    inner = indent + "  "
    if isinstance(value, dict) and value:
        members = (f"{inner}{json.dumps(k)}: {layout(v, inner, len(inner) + len(json.dumps(k)) + 2)}" for k, v in value.items())
        return "{\n" + ",\n".join(members) + f"\n{indent}}}"
    if isinstance(value, list) and value:
        if not any(isinstance(item, dict) and item for item in value):
            if used + len(one_line(value)) < WIDTH:
                return one_line(value)
            if all(isinstance(item, int) for item in value):
                return f"[\n{filled(value, inner)}\n{indent}]"
        return "[\n" + ",\n".join(inner + layout(item, inner, len(inner)) for item in value) + f"\n{indent}]"
    return json.dumps(value)


def write(folder: str, name: str, content: Json) -> None:
    path = HERE / folder / f"settlement-{name}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(layout(content) + "\n", encoding="utf-8")


# --- The rules ---

WHOLE = 10_000
DEEPEST = 64


class Refused(Exception):
    """A refusal; its text is the code."""


def need(condition: object, code: str) -> None:
    if not condition:
        raise Refused(code)


def shares_out(amount: int, weights: list[int]) -> list[int]:
    """Largest remainder: floors, then single units to the largest fraction that has none yet, ties to the earlier."""
    quotas = [Fraction(amount * weight, sum(weights)) for weight in weights]
    parts = [floor(quota) for quota in quotas]
    fractions = {place: quota - floor(quota) for place, quota in enumerate(quotas)}
    while sum(parts) < amount:
        lucky = max(fractions, key=lambda place: (fractions[place], -place))
        parts[lucky] += 1
        del fractions[lucky]
    return parts


def judge_terms(record: Json) -> None:
    names, shares = record["beneficiaries"], record["shares_bps"]
    good = (
        1 <= len(names) <= 64
        and len(set(names)) == len(names) == len(shares)
        and min(shares) >= 1
        and sum(shares) == WHOLE
        and 0 <= record["derivative_royalty_bps"] <= WHOLE
        and 1 <= record.get("max_depth", DEEPEST) <= DEEPEST
        and (record.get("total_royalty_cap_bps") is None or 0 <= record["total_royalty_cap_bps"] <= WHOLE)
    )
    need(good, "POLICY_INVALID")


def read_amount(amount: Any) -> int:
    need(isinstance(amount, str) and re.fullmatch("[1-9][0-9]*", amount), "AMOUNT_INVALID")
    need(int(amount) <= 10**30, "AMOUNT_INVALID")
    return int(amount)


def judge_forms(case: Json) -> None:
    """What the vectors need of it: the members that there are, and the words of two of them."""
    code = "SCHEMA_VIOLATION"
    terms = {"beneficiaries", "shares_bps", "derivative_royalty_bps"}
    policy = terms | {"max_depth", "total_royalty_cap_bps", "status"}
    need({"amount", "currency", "records"} <= set(case) <= {"amount", "currency", "records", "fee_bps", "mode"}, code)
    need(re.fullmatch("[A-Z]{3}", case["currency"]) and 0 <= case.get("fee_bps", 0) <= WHOLE, code)
    need(case.get("mode", "strict") in ("permissive", "strict"), code)
    for record in (each for each in case["records"] if each is not None):
        need(set(record) <= policy | {"owner", "content_hash"}, code)
        need(re.fullmatch("(?!0{64})[0-9a-f]{64}", record.get("content_hash", "1" * 64)), code)
        need(terms <= set(record) or ("owner" in record and not policy & set(record)), code)


def walk(case: Json) -> tuple[list[Json], Json]:
    """The records that take part, and how the walk ended."""
    records = case["records"]
    hashes = [(record or {}).get("content_hash", place) for place, record in enumerate(records)]
    depth = records[0].get("max_depth", DEEPEST)
    place, ended = 0, {"incomplete": False, "cycle": False}
    while place + 1 < len(records) and place < depth:
        if hashes[place + 1] in hashes[: place + 1]:
            ended["cycle"] = True
            break
        if records[place + 1] is None:
            need(case.get("mode") != "strict", "PARENT_NOT_FOUND")
            ended["incomplete"] = True
            break
        place += 1
    return records[: place + 1], {"depth": place, **ended}


def claim_of(record: Json, layer: int) -> int:
    if layer == 0 or record.get("status") == "revoked":
        return 0
    return record.get("derivative_royalty_bps", 0)


def settle(case: Json) -> Json:
    judge_forms(case)
    amount = read_amount(case["amount"])
    for record in case["records"]:
        if record and "beneficiaries" in record:
            judge_terms(record)
    need(case["records"] and case["records"][0] is not None, "NOT_FOUND")
    current = case["records"][0]
    need(current.get("status") != "revoked", "POLICY_REVOKED")
    used, lineage = walk(case)
    claims = [claim_of(record, layer) for layer, record in enumerate(used)]
    cap = current.get("total_royalty_cap_bps")
    fee = floor(Fraction(amount * case.get("fee_bps", 0), WHOLE))
    net = amount - fee
    ancestors = floor(net * Fraction(min(sum(claims), WHOLE if cap is None else cap), WHOLE))
    parts = [net - ancestors] + (shares_out(ancestors, claims[1:]) if sum(claims) else [0] * len(claims[1:]))
    lines, payouts = [], {}
    for layer, record in enumerate(used):
        names, shares = record.get("beneficiaries", [record.get("owner")]), record.get("shares_bps", [WHOLE])
        for name, part in zip(names, shares_out(parts[layer], shares)):
            if part:
                lines.append({"layer": layer, "beneficiary": name, "amount": str(part)})
                payouts[name] = payouts.get(name, 0) + part
    assert fee + sum(payouts.values()) == amount
    layers = [
        {"layer": layer, "amount": str(parts[layer]), "claim_bps": claims[layer], "status": record.get("status", "active")}
        for layer, record in enumerate(used)
    ]
    paid = {name: str(part) for name, part in payouts.items()}
    return {"fee": str(fee), "layers": layers, "payouts": paid, "lines": lines, "lineage": lineage}


# --- The vectors ---


def policy(shares: dict[str, int], claim: int = 0, **more: Any) -> Json:
    return {
        "beneficiaries": list(shares),
        "shares_bps": list(shares.values()),
        "derivative_royalty_bps": claim,
        **more,
    }


def sole(name: str, claim: int = 0, **more: Any) -> Json:
    return policy({name: WHOLE}, claim, **more)


def case(amount: Any, *records: Optional[Json], **more: Any) -> Json:
    return {"amount": amount, "currency": "EUR", **more, "records": list(records)}


def valid(name: str, rule: str, given: Json) -> None:
    write("valid", name, {"rule": rule, "kind": "settlement", "input": given, "output": settle(given)})


def invalid(name: str, rule: str, given: Json, code: str) -> None:
    try:
        settle(given)
    except Refused as refusal:
        assert str(refusal) == code, (name, str(refusal))
    else:
        raise AssertionError(f"{name} is not refused")
    write("invalid", name, {"rule": rule, "kind": "settlement", "input": given, "code": code})


def crowd(count: int) -> dict[str, int]:
    """`count` beneficiaries of as equal shares as there are."""
    return {f"p{n:02}": part for n, part in enumerate(shares_out(WHOLE, [1] * count))}


A, B, C = sole("a"), sole("b", 1000), sole("c", 500)
MILLION = "1000000"


def make_rounding() -> None:
    halves, thirds = {"a": 5000, "b": 5000}, {"a": 3334, "b": 3333, "c": 3333}
    valid("no-ancestor", "Without ancestors the current record's beneficiaries share what the fee leaves.", case("10000", policy(halves), fee_bps=100))
    valid("fee-floored", "The fee is floored.", case("199", A, fee_bps=100))
    valid("fee-below-a-unit", "A fee below one unit is nothing, and nobody loses a unit.", case("99", A, fee_bps=100))
    valid("fee-whole", "A fee of 10000 leaves nothing, and no line.", case("7", A, B, fee_bps=10000))
    valid("tie-earlier-beneficiary", "Equal remainders: the unit goes to the beneficiary listed earlier.", case("5", policy(halves)))
    valid("tie-listed-order", "Listed order decides ties, not the names' order.", case("5", policy({"z": 5000, "a": 5000})))
    valid("largest-remainder", "The unit goes to the largest remainder, here the last listed.", case("10", policy({"a": 2600, "b": 3600, "c": 3800})))
    valid("several-units-left", "Left-over units go one by one to different parts.", case("8", policy({"a": 1990, "b": 1990, "c": 1990, "d": 4030})))
    valid("thirds", "Parts of one third: the floors leave one unit.", case("100", policy(thirds)))
    valid("tie-nearer-ancestor", "Equal remainders between ancestors: the unit goes to the nearer.", case("5", A, sole("b", 1000), sole("c", 1000)))
    valid("remainder-farther-ancestor", "A larger remainder wins over nearness.", case("5", A, sole("b", 999), sole("c", 1001)))
    valid("ancestors-floored-together", "The ancestors' part is floored once, as a whole; it is not the sum of floored claims.", case("19", A, sole("b", 500), sole("c", 500), sole("d", 100)))
    valid("amount-1", "One unit is paid to exactly one beneficiary.", case("1", policy(thirds), B, fee_bps=100))
    valid("amount-1-to-ancestor", "One unit goes to an ancestor only where the ancestors' part is a whole unit.", case("1", A, sole("b", 4999), sole("c", 5001)))
    valid("amount-10-30", "The highest amount is 10^30.", case(str(10**30), policy(thirds), policy(thirds, 3333), fee_bps=250))
    valid("amount-10-30-less-1", "Every digit of a large amount counts.", case(str(10**30 - 1), policy(crowd(7)), sole("x", 1), sole("y", 2), fee_bps=137))
    valid("amount-beyond-double", "Amounts are not floating-point numbers: 2^53 + 1.", case("9007199254740993", policy({"a": 9999, "b": 1})))


def make_claims() -> None:
    valid("chain-of-three", "Every ancestor claims from the payment itself, not from what nearer ancestors left.", case("10000", A, B, C, fee_bps=100))
    valid("claims-of-everything", "Claims of 10000 leave the current record nothing.", case("1000", A, sole("b", 10000)))
    valid("claims-above-the-whole", "Claims above 10000 together are scaled to it.", case("1000", A, sole("b", 8000), sole("c", 8000), sole("d", 4000)))
    valid("claim-of-zero", "An ancestor that claims 0 gets nothing and is listed as a layer.", case("1000", A, sole("b"), C))
    valid("own-claim-not-taken", "The current record's own derivative royalty takes no part.", case("1000", sole("a", 9000), B))
    valid("cap-0", "Under a cap of 0 ancestors get nothing.", case("1000", sole("a", total_royalty_cap_bps=0), B))
    valid("cap-proportional", "Above the cap all claims are scaled in proportion, not the nearest served first.", case("10000", sole("a", total_royalty_cap_bps=2000), sole("b", 3000), sole("c", 1000)))
    valid("cap-exactly-claimed", "A cap equal to the claims changes nothing.", case("10000", sole("a", total_royalty_cap_bps=4000), sole("b", 3000), sole("c", 1000)))
    valid("cap-one-below-claimed", "A cap one basis point below the claims takes effect.", case("10000", sole("a", total_royalty_cap_bps=3999), sole("b", 3000), sole("c", 1000)))
    valid("cap-above-claimed", "A cap above the claims is no claim.", case("10000", sole("a", total_royalty_cap_bps=9000), B))
    valid("cap-null", "A cap of null is none.", case("10000", sole("a", total_royalty_cap_bps=None), sole("b", 10000)))
    valid("cap-of-ancestor", "An ancestor's cap has no effect.", case("10000", A, sole("b", 1000, total_royalty_cap_bps=0), C))
    valid("cap-after-fee", "The cap is of what the fee leaves.", case("10000", sole("a", total_royalty_cap_bps=5000), sole("b", 10000), fee_bps=1000))
    valid("64-beneficiaries", "A policy has up to 64 beneficiaries.", case("1000", policy(crowd(64))))
    valid("same-beneficiary-in-layers", "A beneficiary of several layers has one payout and keeps a line for each.", case("1000", policy({"a": 5000, "b": 5000}), sole("a", 1000), policy({"c": 5000, "a": 5000}, 1000)))
    valid("names-of-prototypes", "Beneficiaries are texts, whatever they mean to a language.", case("100", policy({"__proto__": 5000, "constructor": 5000}), sole("__proto__", 1000)))
    valid(
        "worked-example",
        "The worked example of the specification.",
        case(
            "10007",
            policy({"ada": 7000, "ben": 3000}, total_royalty_cap_bps=2000),
            policy({"cleo": 3334, "dan": 3333, "eve": 3333}, 1000),
            sole("ada", 500),
            policy({"fay": 5000, "gus": 5000}, 1000),
            fee_bps=100,
        ),
    )


def make_lineage() -> None:
    x, y = "11" * 32, "22" * 32
    valid("depth-1", "max_depth of the current record bounds the walk; that is not incomplete.", case("10000", sole("a", max_depth=1), B, C))
    valid("depth-of-ancestor", "An ancestor's max_depth has no effect.", case("10000", A, sole("b", 1000, max_depth=1), C))
    valid("depth-64", "A walk reaches 64 ancestors at most.", case(MILLION, sole("a"), *[sole("b", 10)] * 63, sole("c", 10), sole("d", 10)))
    valid("depth-before-missing", "What lies beyond the depth bound is not looked at: nothing is missing.", case("10000", sole("a", max_depth=1), B, None, mode="strict"))
    valid("depth-before-cycle", "What lies beyond the depth bound is not looked at: there is no cycle.", case("10000", sole("a", max_depth=1, content_hash=x), B, sole("c", 500, content_hash=x)))
    valid("cycle-to-current", "A walk stops where the current record's content comes again.", case("10000", sole("a", content_hash=x), B, sole("a", 900, content_hash=x), C))
    valid("cycle-to-ancestor", "A walk stops where an ancestor's content comes again.", case("10000", A, sole("b", 1000, content_hash=y), C, sole("d", 900, content_hash=y)))
    valid("cycle-to-itself", "A record that names itself as its parent has no ancestor.", case("10000", sole("a", content_hash=x), sole("a", 900, content_hash=x)))
    valid("cycle-strict", "A cycle is no missing parent: strict mode settles.", case("10000", sole("a", content_hash=x), B, sole("a", 900, content_hash=x), mode="strict"))
    valid("missing-permissive", "A missing parent ends a permissive walk; what was found is settled.", case("10000", A, B, None, C, mode="permissive"))
    valid("missing-at-once", "The first parent may be missing.", case("10000", A, None))
    valid("strict-complete", "A complete lineage settles in strict mode.", case("10000", A, B, C, mode="strict"))
    valid("revoked-ancestor", "A revoked policy claims nothing, and the walk goes on.", case("10000", A, sole("b", 1000, status="revoked"), C))
    valid("revoked-ancestor-in-cap", "A revoked policy's rate is not in the sum that the cap scales.", case("10000", sole("a", total_royalty_cap_bps=500), sole("b", 1000, status="revoked"), C))
    valid("deprecated-ancestor", "A deprecated policy claims, and its layer says so.", case("10000", A, sole("b", 1000, status="deprecated"), C))
    valid("deprecated-current", "A deprecated policy of the current record is settled, and its layer says so.", case("10000", sole("a", status="deprecated"), B))
    valid("default-current", "A record without a policy pays its owner what ancestors leave.", case("10000", {"owner": "o"}, B))
    valid("default-ancestor", "An ancestor without a policy claims nothing, and the walk goes on.", case("10000", A, {"owner": "o"}, C))


def make_refusals() -> None:
    amounts = {
        "exponent": ("1e3", "An amount has no exponent."),
        "negative": ("-1", "An amount has no sign."),
        "leading-zero": ("01", "An amount has no leading zero."),
        "zero": ("0", "An amount is at least 1."),
        "empty": ("", "An amount has digits."),
        "fraction": ("1.0", "An amount has no point."),
        "space": (" 1", "An amount has no space."),
        "line-feed": ("1\n", "An amount has no line feed."),
        "arabic-digits": ("\u0661", "An amount has ASCII digits."),
        "number": (1, "An amount is a text."),
        "null": (None, "An amount is a text, not null."),
        "beyond-10-30": (str(10**30 + 1), "An amount is at most 10^30."),
        "100-digits": ("9" * 100, "An amount is at most 10^30, whatever its length."),
    }
    for name, (amount, rule) in amounts.items():
        invalid(f"amount-{name}", rule, case(amount, A), "AMOUNT_INVALID")
    policies = {
        "shares-9999": (policy({"a": 5000, "b": 4999}), "Shares sum to 10000."),
        "shares-10001": (policy({"a": 5000, "b": 5001}), "Shares sum to 10000, not more."),
        "share-0": (policy({"a": 10000, "b": 0}), "A share is at least 1."),
        "share-negative": (policy({"a": 10001, "b": -1}), "A share is not negative."),
        "no-beneficiary": (policy({}), "A policy has a beneficiary."),
        "65-beneficiaries": (policy(crowd(65)), "A policy has at most 64 beneficiaries."),
        "duplicate-beneficiary": ({**policy({}), "beneficiaries": ["a", "a"], "shares_bps": [5000, 5000]}, "A beneficiary is listed once."),
        "fewer-shares": ({**A, "beneficiaries": ["a", "b"]}, "There is a share for each beneficiary."),
        "more-shares": ({**A, "shares_bps": [5000, 5000]}, "There is a beneficiary for each share."),
        "claim-above-the-whole": (sole("a", 10001), "derivative_royalty_bps is at most 10000."),
        "claim-negative": (sole("a", -1), "derivative_royalty_bps is not negative."),
        "depth-0": (sole("a", max_depth=0), "max_depth is at least 1."),
        "depth-65": (sole("a", max_depth=65), "max_depth is at most 64."),
        "cap-above-the-whole": (sole("a", total_royalty_cap_bps=10001), "total_royalty_cap_bps is at most 10000."),
        "cap-negative": (sole("a", total_royalty_cap_bps=-1), "total_royalty_cap_bps is not negative."),
    }
    for name, (record, rule) in policies.items():
        invalid(f"policy-{name}", rule, case("100", record), "POLICY_INVALID")
    invalid("policy-of-ancestor", "The bounds hold for ancestors' policies too.", case("100", A, policy({"b": 1}, 500)), "POLICY_INVALID")
    invalid("missing-strict", "A missing parent is refused in strict mode.", case("100", A, B, None, mode="strict"), "PARENT_NOT_FOUND")
    invalid("revoked-current", "Nothing is settled under a revoked policy.", case("100", sole("a", status="revoked"), B), "POLICY_REVOKED")
    invalid("no-record", "There is a current record.", case("100"), "NOT_FOUND")
    invalid("current-missing", "The current record is registered.", case("100", None, B), "NOT_FOUND")
    forms = {
        "unknown-member": ({**case("100", A), "payer": "p"}, "A case has no other members."),
        "unknown-record-member": (case("100", {**A, "weight": 1}), "A record has no other members."),
        "currency-lower-case": ({**case("100", A), "currency": "eur"}, "A currency is three capital letters."),
        "fee-above-the-whole": (case("100", A, fee_bps=10001), "fee_bps is at most 10000."),
        "unknown-mode": (case("100", A, mode="lenient"), "The mode is permissive or strict."),
        "half-of-the-terms": (case("100", {"beneficiaries": ["a"], "shares_bps": [WHOLE]}), "Terms come whole."),
        "content-hash-zeros": (case("100", A, sole("b", 1000, content_hash="0" * 64)), "Zeros are no content hash."),
        "nobody": (case("100", {}), "A record has terms or an owner."),
    }
    for name, (given, rule) in forms.items():
        invalid(f"form-{name}", rule, given, "SCHEMA_VIOLATION")


make_rounding()
make_claims()
make_lineage()
make_refusals()
