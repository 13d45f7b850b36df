"""Write the hostile files into a folder."""

import sys
from pathlib import Path

from tests.hostile import write_all

if __name__ == "__main__":
    write_all(Path(sys.argv[1]))
