"""Which sample clip passes which technique's rules: each clip is to be held in its own technique, and in no other.

    python benchmarks/confusion.py            # all clips, a few minutes; writes benchmarks/results/confusion.md

Every clip is looked at once with the real model; its landmarks are then judged by the rules of every technique. A clip
of two is looked at a second time, for both of them, by the techniques for two; a clip of one person shows no partner's
hands, and is not held in those.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.clips import watched
from posecheck.catalog import load_techniques
from posecheck.samples import sample_clips
from posecheck.session import assess
from posecheck.watcher import open_watcher

RESULTS = Path(__file__).parent / "results" / "confusion.md"


def main() -> None:
    """Print the matrix, and write it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    techniques = load_techniques()
    lines = [
        "Seconds held, by clip (rows) and the technique that it is judged by (columns, numbered as the rows).",
        "",
        "| clip | " + " | ".join(str(i) for i in range(1, len(techniques) + 1)) + " |",
        "| --- |" + " --- |" * len(techniques),
    ]
    single = next(technique for technique in techniques.values() if technique.people == 1)
    numbers = {name: i for i, name in enumerate(techniques, 1)}
    for sample in sample_clips():
        own = techniques[sample.technique]
        with closing(open_watcher(single)) as watcher:
            alone = watched(sample.clip, watcher)
        if own.people > 1:
            with closing(open_watcher(own)) as watcher:
                both = watched(sample.clip, watcher)
        cells = []
        for name, technique in techniques.items():
            track, partners, company = both if min(own.people, technique.people) > 1 else alone
            held_s = assess(track, technique, sample.side, partners=partners, company=company)[0].hold_total_s
            cells.append(f"**{held_s:.1f}**" if name == sample.technique else f"{held_s:.1f}" if held_s else "")
        lines.append(f"| {numbers[sample.technique]} {sample.clip.stem} | {' | '.join(cells)} |")
        print(lines[-1], file=sys.stderr)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
