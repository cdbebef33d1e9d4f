"""An editor as people have one: it lays out anew the JSON that it is given. Usage: editor.py FILE"""
import json
import os
import sys


def guarded(value):
    """Braces in texts as other characters, since those that are written as escapes have to stay so. Members change their order."""
    if isinstance(value, str):
        return value.replace("{", "\ue000").replace("}", "\ue001")
    if isinstance(value, list):
        return [guarded(inner) for inner in value]
    if isinstance(value, dict):
        return {guarded(name): guarded(inner) for name, inner in reversed(value.items())}
    return value


def main():
    path = sys.argv[-1]
    # As editors do: who watches the screen sees when the program draws again.
    print("\x1b[2J\x1b[H", end="", flush=True)
    with open(path, encoding="utf-8") as file:
        value = json.load(file)
    text = json.dumps(guarded(value), indent=6, ensure_ascii=False)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace("\ue000", "\\u007b").replace("\ue001", "\\u007d") + "\n\n")
    with open(os.environ["EDITED"], "a", encoding="utf-8") as file:
        file.write("edited\n")


main()
