"""``python -m quietport`` is the same as ``quietport``."""

from quietport.cli.main import run

if __name__ == "__main__":
    run()
