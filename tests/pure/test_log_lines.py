"""What a line of the log tells of an error: its type and the places it passed, never its words."""

import subprocess
import sys

import msgspec

FAILED = """
from service import telemetry

telemetry.configure("info")
try:
    raise ValueError("Ann's secret")
except ValueError as error:
    telemetry.logger().error("told", exc_info=error)
    telemetry.logger().error("at_hand", exc_info=True)
telemetry.logger().error("none_at_hand", exc_info=True)
"""


def test_an_error_is_told_by_its_type_and_places_whether_named_or_just_at_hand() -> None:
    ran = subprocess.run([sys.executable, "-c", FAILED], capture_output=True, text=True, check=True)
    told, at_hand, none = (msgspec.json.decode(line) for line in ran.stdout.splitlines())
    assert told["error"] == at_hand["error"] == "ValueError"
    assert told["places"] == at_hand["places"] == ["<string>:6 <module>"]
    assert "error" not in none
    assert "secret" not in ran.stdout
