"""Count the words of a text on a Spark cluster: python file for spark-submit, with the text's path as argument."""

import re
import sys
from pathlib import Path

from pyspark.sql import SparkSession


def main(path: str) -> None:
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    spark = SparkSession.builder.appName("wordcount").getOrCreate()
    words = (
        spark.sparkContext.parallelize(lines, 4)
        .flatMap(lambda line: re.findall(r"[a-z]+", line.lower()))
        .map(lambda word: (word, 1))
        .reduceByKey(lambda left, right: left + right)
        .collect()
    )
    spark.stop()
    print(f"{sum(count for _, count in words)} words, {len(words)} different; the most frequent:")
    for word, count in sorted(words, key=lambda pair: (-pair[1], pair[0]))[:10]:
        print(f"{count:7} {word}")


if __name__ == "__main__":
    main(sys.argv[1])
