"""`python -m yichuang_nlp` is `yichuang`."""

from yichuang_nlp.cli import main

if __name__ == "__main__":
    main(prog_name="yichuang")
