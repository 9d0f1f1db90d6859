#!/usr/bin/env bash
# From nothing to a map and its emotion curve, with curl alone.
#
#   WAYPOST_KEY=$(cat .waypost/dev-key) examples/curl.sh [FOLDER]
#
# The curve as a picture, and the map as a diagram, are left in FOLDER (here, if none is given).
set -euo pipefail

url="${WAYPOST_URL:-http://127.0.0.1:8000}"
folder="${1:-.}"
: "${WAYPOST_KEY:?is needed: the key of a workspace}"
# The key goes in by a file descriptor: what stands on the command line is seen by everybody here.
call() {
    curl -sS --fail-with-body -H @<(printf 'Authorization: Bearer %s' "$WAYPOST_KEY") "$@"
}

# A map: its answer is the whole document; where it is now, says Location.
headers="$(mktemp)" answer="$(mktemp)"
trap 'rm -f "$headers" "$answer"' EXIT
call "$url/v1/journeys" -D "$headers" -o "$answer" -H 'Content-Type: application/json' \
    -d @- <<'MAP' || { cat "$answer" >&2; exit 1; }
{
  "title": "Buying a bicycle",
  "stages": [
    {"name": "I need to get to work", "steps": [
      {"action": "Miss the bus again", "emotion": -1.5},
      {"action": "See a colleague arrive by bicycle", "emotion": 0.5}]},
    {"name": "Which one?", "steps": [
      {"action": "Compare forty models", "emotion": -1},
      {"action": "Be lent one for a day", "emotion": 2}]},
    {"name": "Mine", "steps": [
      {"action": "Wait three weeks", "emotion": -0.5},
      {"action": "Ride home", "emotion": 1.5}]}
  ]
}
MAP
journey="$(tr -d '\r' <"$headers" | sed -n 's/^[Ll]ocation: //p')"

# What it feels like: as figures, as a picture, and the map as a Mermaid diagram.
call "$url$journey/emotion-curve"
echo
call "$url$journey/emotion-curve?format=svg" -o "$folder/curve.svg"
call "$url$journey/map?format=mermaid" -o "$folder/map.mmd"
echo "$folder/curve.svg $folder/map.mmd"
