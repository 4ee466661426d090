"""The smallest job: ask the cluster to add up."""

from distributed import Client

if __name__ == "__main__":
    with Client() as client:
        print(sum(client.gather(client.map(lambda number: number * number, range(10)))))
