"""Reads xunit result files for ./test.

counts.py FILE            prints "passed failed skipped"
counts.py --list FILES    prints every failed test, and every skipped one with its reason
"""
import sys
import xml.etree.ElementTree as ElementTree


def assemblies(path):
    return ElementTree.parse(path).getroot().iter("assembly")


def counts(path):
    passed = failed = skipped = 0
    for assembly in assemblies(path):
        passed += int(assembly.get("passed", 0))
        failed += int(assembly.get("failed", 0)) + int(assembly.get("errors", 0))
        skipped += int(assembly.get("skipped", 0))
    return passed, failed, skipped


def listing(paths):
    for path in paths:
        for assembly in assemblies(path):
            for test in assembly.iter("test"):
                if test.get("result") == "Skip":
                    reason = (test.findtext("reason") or "no reason given").strip()
                    print(f"skipped  {test.get('name')}: {reason}")
                elif test.get("result") == "Fail":
                    print(f"FAILED   {test.get('name')}")


if sys.argv[1] == "--list":
    listing(sys.argv[2:])
else:
    print(*counts(sys.argv[1]))
