"""Runs Autobahn's fuzzing server against this program's WebSocket, and writes what came of it.

    check.py CLIENT REPORT.md [CASE ...]

A case counts as passed when Autobahn judges it, and the way in which the connection was closed, as OK, NON-STRICT or
INFORMATIONAL. Compression (12.* and 13.*) is not asked for: the program offers no extension. With cases named, only they are run,
and no report is written.
"""

import asyncio
import sys

from kosoku import FailureError, run_fuzzingserver

# No case takes longer than the server waits for it, and all of them a few minutes with a client that is built for debugging.
LIMIT = 600
COMPRESSION = ["12.*", "13.*"]
GROUPS = {
    "1": "Framing", "2": "Pings and pongs", "3": "Reserved bits", "4": "Opcodes", "5": "Fragmentation", "6": "UTF-8",
    "7": "Closing", "9": "Limits", "10": "Autofragmenting",
}


async def run(client, cases):
    async with run_fuzzingserver(cases or None, COMPRESSION, port=0) as server:
        process = await asyncio.create_subprocess_exec(client, server.address, str(server.port))
        status = await asyncio.wait_for(process.wait(), LIMIT)
        if status != 0:
            sys.exit(f"autobahn: the client ended with status {status}")
        try:
            return await asyncio.wait_for(server.get_result(), LIMIT)
        except FailureError as failure:
            return failure.results


def key(case):
    return [int(part) for part in case.split(".")]


def report(results):
    counts = {}
    for result in results:
        group = counts.setdefault(result.case_id.split(".")[0], {})
        verdict = result.behavior.value if result.passed else "FAILED"
        group[verdict] = group.get(verdict, 0) + 1
    verdicts = ["OK", "NON-STRICT", "INFORMATIONAL", "FAILED"]
    lines = [
        "# Autobahn",
        "",
        "What the [Autobahn TestSuite](https://github.com/crossbario/autobahn-testsuite) says of this program's WebSocket, without the",
        "cases of compression (12 and 13), which it does not offer. Written by `scripts/autobahn`; do not edit.",
        "",
        "| cases | about | " + " | ".join(verdicts) + " |",
        "|---|---|" + "---:|" * len(verdicts),
    ]
    for group in sorted(counts, key=int):
        numbers = " | ".join(str(counts[group].get(verdict, 0)) for verdict in verdicts)
        lines.append(f"| {group}.* | {GROUPS.get(group, '')} | {numbers} |")
    totals = " | ".join(str(sum(group.get(verdict, 0) for group in counts.values())) for verdict in verdicts)
    lines += [f"| all | | {totals} |", "", "Every case that is not simply OK:", "", "| case | messages | closing | about |", "|---|---|---|---|"]
    for result in sorted(results, key=lambda result: key(result.case_id)):
        if (result.behavior.value, result.behavior_close.value) == ("OK", "OK"):
            continue
        about = " ".join(result.description.split()).replace("|", "\\|")
        about = about if len(about) <= 100 else about[:99] + "…"
        lines.append(f"| {result.case_id} | {result.behavior.value} | {result.behavior_close.value} | {about} |")
    return "\n".join(lines) + "\n"


def main():
    client, path, *cases = sys.argv[1:]
    results = asyncio.run(run(client, cases))
    failures = [result for result in results if not result.passed]
    for result in failures:
        print(f"✕ {result.case_id}: {result.behavior.value}, {result.behavior_close.value}: {result.result} {result.result_close}")
    if not cases:
        with open(path, "w", encoding="utf-8") as file:
            file.write(report(results))
    print(f"autobahn: {len(results) - len(failures)} of {len(results)} cases passed")
    if failures or not results:
        sys.exit(1)


main()
