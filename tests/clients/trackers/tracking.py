"""Messages from standard input, a line each, sent by a client of the tracking protocol.

`tracking.py CLIENT HOST WRITE_KEY`. At the end of the input it waits until all is sent. What the
client gave up for good is told by the exit code.
"""

import json
import sys


def client_of(name, host, write_key, given_up):
    """A client as its users would have it; the settings say that nothing be given up soon."""
    patient = {"max_retries": 30, "upload_interval": 0.1, "upload_size": 10}
    if name == "segment-analytics-python":
        from segment.analytics.client import Client
    elif name == "rudder-sdk-python":
        from rudderstack.analytics.client import Client
    else:
        from analytics.client import Client
    return Client(write_key, host=host, on_error=given_up, **patient)


def send(client, message):
    """Call the client for one message."""
    who = message["userId"]
    match message["type"]:
        case "identify":
            client.identify(who, message["traits"])
        case "track":
            client.track(who, message["event"], message["properties"])
        case "page":
            client.page(who, None, message["name"], message["properties"])
        case "group":
            client.group(who, message["groupId"], message["traits"])
        case "alias":
            client.alias(message["previousId"], who)


def main(name, host, write_key):
    """The number of batches that were given up."""
    lost = []
    client = client_of(name, host, write_key, lambda error, _: lost.append(error))
    for line in sys.stdin:
        send(client, json.loads(line))
    client.flush()
    client.join()
    return len(lost)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
