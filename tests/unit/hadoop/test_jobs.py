"""Jobs of a Hadoop cluster: what is run, what they set, and what is refused."""

from collections.abc import Callable

import pytest

from serai.builtin_plugins.hadoop.jobs.client import java_option_problems, java_options, name_problems
from serai.builtin_plugins.hadoop.jobs.programs import jar_problems, main_line
from serai.builtin_plugins.hadoop.jobs.properties import config_problems, job_properties
from serai.builtin_plugins.hadoop.jobs.spark import spark_properties
from serai.builtin_plugins.hadoop.jobs.streaming import streaming_line, streaming_problems
from serai.builtin_plugins.hadoop.plugin import HADOOP
from serai.hookspec.edp import JobEngine, JobExecution, JobSpec, JobType
from serai.hookspec.errors import ValidationFailed
from serai.hookspec.objects import Cluster

MAPRED, JAVA, STREAMING = JobType.MAPREDUCE, JobType.JAVA, JobType.MAPREDUCE_STREAMING
TYPES = {"MapReduce", "MapReduce.Streaming", "Java", "Shell", "Spark"}
DECLARED = {"mapreduce.job.map.class": "demo.Map", "mapreduce.job.reduce.class": "demo.Reduce"}


def line(spec: JobSpec) -> list[str]:
    """What runs a jar."""
    return list(main_line(JobExecution("1", "demo", spec), "/d/jobs/1", "/d/jobs/1.conf"))


def test_a_jar_runs_the_class_that_is_asked_for() -> None:
    """With its arguments as they are; configs are not among them."""
    spec = JobSpec(
        MAPRED, "/home/a.jar", args=("/in", "", "a b"), configs={"edp.java.main_class": "demo.Count", "x": "s"}
    )
    assert line(spec) == ["demo.Count", "/in", "", "a b"]


def test_a_jar_that_says_itself_what_to_run() -> None:
    """Hadoop's own RunJar looks it up."""
    run_jar = ["org.apache.hadoop.util.RunJar", "/d/jobs/1/a.jar", "wordcount", "/in"]
    assert line(JobSpec(JAVA, "/home/a.jar", args=("wordcount", "/in"))) == run_jar


def test_a_job_told_by_configs_is_submitted_from_its_file() -> None:
    """Secrets are in there, and the command has none."""
    spec = JobSpec(MAPRED, "/home/a.jar", configs={**DECLARED, "fs.s3a.secret.key": "s3same"})
    submit = "org.apache.hadoop.mapreduce.tools.CLI"
    assert line(spec) == [submit, "-submit", "/d/jobs/1.conf/mapred-site.xml"]


def test_a_job_sets_its_configs_its_tag_and_its_files() -> None:
    """Jars are loaded from, other files lie about; what is for Serai is not for Hadoop."""
    spec = JobSpec(MAPRED, "/home/a.jar", configs={**DECLARED, "edp.java.java_opts": "-Xmx1g"})
    shipped = ("/d/jobs/1/b.jar", "/d/jobs/1/c.txt", "/d/jobs/1/d.py")
    assert job_properties(JobExecution("aB1", "demo", spec), "/d/jobs/1", shipped) == {
        **DECLARED,
        "mapreduce.job.tags": "serai-job-ab1",
        "mapreduce.job.jar": "/d/jobs/1/a.jar",
        "tmpjars": "file:///d/jobs/1/b.jar",
        "tmpfiles": "file:///d/jobs/1/c.txt,file:///d/jobs/1/d.py",
    }


def test_a_program_decides_about_its_jar_itself() -> None:
    """It may submit any number of jobs."""
    spec = JobSpec(JAVA, "/home/a.jar", configs={"a.b": "c"})
    assert job_properties(JobExecution("1", "demo", spec), "/d", ()) == {
        "a.b": "c",
        "mapreduce.job.tags": "serai-job-1",
    }


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (JobSpec(STREAMING, "/h/map.py"), ["-mapper", "python3 map.py"]),
        (JobSpec(STREAMING, "/h/map"), ["-mapper", "./map"]),
        (
            JobSpec(STREAMING, "/h/map.sh", ("/h/sum.py",), configs={"edp.streaming.reducer": "sum.py"}),
            ["-mapper", "./map.sh", "-reducer", "python3 sum.py"],
        ),
        (
            JobSpec(STREAMING, configs={"edp.streaming.mapper": "tr a b", "edp.streaming.reducer": "uniq -c"}),
            ["-mapper", "tr a b", "-reducer", "uniq -c"],
        ),
    ],
)
def test_what_streams(spec: JobSpec, expected: list[str]) -> None:
    """A program of the job's, or one that is on the machines."""
    assert list(streaming_line(spec)[1:]) == expected


def test_arguments_of_streaming_come_last() -> None:
    """As they are."""
    spec = JobSpec(STREAMING, "/h/m", args=("-input", "/a b", "-output", "/o"))
    assert streaming_line(spec)[-4:] == ("-input", "/a b", "-output", "/o")


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (JobSpec(STREAMING, "/h/m", args=("-input", "/i", "-output", "/o")), []),
        (JobSpec(STREAMING, args=("-input", "/i", "-output", "/o")), [("main", "JOB_MAIN_MISSING")]),
        (JobSpec(STREAMING, "/h/m"), [("args", "JOB_ARGUMENT_MISSING"), ("args", "JOB_ARGUMENT_MISSING")]),
        (JobSpec(STREAMING, "/h/m m", args=("-input", "/i", "-output", "/o")), [("main", "JOB_FILE_NAME")]),
    ],
)
def test_what_cannot_be_streamed(spec: JobSpec, expected: list[tuple[str, str]]) -> None:
    """Everything at once, each with its place."""
    assert [(problem.path, problem.code) for problem in streaming_problems(spec)] == expected


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (JobSpec(MAPRED, "/h/a.jar", args=("/in",)), []),
        (JobSpec(MAPRED, "/h/a.py"), [("main", "JOB_MAIN_UNSUPPORTED")]),
        (JobSpec(JAVA, "/h/a.jar", configs=DECLARED), [("type", "JOB_TYPE_UNFIT")]),
        (JobSpec(MAPRED, "/h/a.jar", args=("/in",), configs=DECLARED), [("args", "JOB_ARGUMENT")]),
    ],
)
def test_what_no_jar_can_be(spec: JobSpec, expected: list[tuple[str, str]]) -> None:
    """Or would not be heeded."""
    assert [(problem.path, problem.code) for problem in jar_problems(spec)] == expected


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("mapreduce.job.reduces", "2", None),
        ("edp.java.main_class", "A", None),
        ("edp.streaming.mapper", "A", "JOB_CONFIG_UNKNOWN"),
        ("fs.defaultFS", "file:///", "JOB_CONFIG_RESERVED"),
        ("mapreduce.job.tags", "mine", "JOB_CONFIG_RESERVED"),
        ("tmpjars", "x", "JOB_CONFIG_RESERVED"),
        ("a.b", "\x01", "JOB_CONFIG_ILLEGAL"),
    ],
)
def test_configs_of_jobs(name: str, value: str, code: str | None) -> None:
    """What the cluster or Serai sets, what is unknown, what no file holds."""
    found = list(config_problems(JobSpec(JAVA, configs={name: value}), ("edp.java.main_class",)))
    assert [(each.path, each.code) for each in found] == ([(f"configs.{name}", code)] if code else [])


@pytest.mark.parametrize("name", ["a b", "a,b", "a#b", "a%20", "a'b", 'a"b', "a\\b", "a?b", "a:b"])
def test_names_that_no_list_of_uris_can_hold(name: str) -> None:
    """Hadoop would part them, or take them for others."""
    assert [(each.path, each.code) for each in name_problems({"libs[0]": f"/x y/{name}"})] == [
        ("libs[0]", "JOB_FILE_NAME")
    ]
    assert list(name_problems({"libs[0]": "/x y/größe-1.0+b_c.jar", "main": ""})) == []


def test_options_of_java_are_parted_as_by_a_shell() -> None:
    """An open quote is told before anything runs."""
    assert java_options(JobSpec(JAVA, configs={"edp.java.java_opts": "-Xmx1g '-Da=b c'"})) == ("-Xmx1g", "-Da=b c")
    (problem,) = java_option_problems(JobSpec(JAVA, configs={"edp.java.java_opts": "'"}))
    assert (problem.path, problem.code) == ("configs.edp.java.java_opts", "JOB_CONFIG_ILLEGAL")


def test_engines_by_type(cluster: Callable[..., Cluster]) -> None:
    """Each is a job engine; a cluster without YARN runs only what does without."""
    engines = {str(kind): HADOOP.get_edp_engine(cluster(), kind) for kind in JobType}
    offered = {name for name, engine in engines.items() if engine is not None}
    assert offered == TYPES
    assert all(isinstance(engines[name], JobEngine) for name in offered)
    bare = cluster(master=(["namenode"], 1), workers=(["datanode"], 1))
    assert {str(kind) for kind in JobType if HADOOP.get_edp_engine(bare, kind)} == {"Shell"}


def test_job_types_by_version() -> None:
    """Of all versions, or of those that are asked for."""
    found = HADOOP.get_edp_job_types(["3.5.0", "1.0"])
    assert {version: set(types) for version, types in found.items()} == {"3.5.0": TYPES}
    assert set(HADOOP.get_edp_job_types([])) == set(HADOOP.get_versions())


def test_hints() -> None:
    """For what is run here, and nothing else."""

    def named(kind: str) -> set[str]:
        hints = HADOOP.get_edp_config_hints(kind)
        assert hints is not None
        return {config["name"] for config in hints["job_config"]["configs"]}

    assert {"edp.java.main_class", "mapreduce.job.map.class"} <= named("MapReduce")
    assert "edp.streaming.reducer" in named("MapReduce.Streaming")
    assert "spark.executor.memory" in named("Spark")
    assert HADOOP.get_edp_config_hints("Hive") is None


def test_mapreduce_needs_a_history_server(cluster: Callable[..., Cluster], tmp_path) -> None:
    """Its clients would wait for one; programs in Java may do without."""
    bare = cluster(master=(["namenode", "resourcemanager"], 1), workers=(["datanode", "nodemanager"], 1))
    jar = tmp_path / "a.jar"
    jar.touch()
    engine = HADOOP.get_edp_engine(bare, "MapReduce")
    assert engine is not None
    with pytest.raises(ValidationFailed) as refused:
        engine.validate_job_execution(bare, JobSpec(MAPRED, str(jar)), {})
    assert [error.code for error in refused.value.errors] == ["JOB_NO_HISTORYSERVER"]
    engine.validate_job_execution(bare, JobSpec(JAVA, str(jar)), {})


def test_spark_jobs_need_spark(cluster: Callable[..., Cluster], tmp_path) -> None:
    """It is told how a cluster gets it; what Serai sets is refused."""
    program = tmp_path / "pi.py"
    program.touch()
    spec = JobSpec(JobType.SPARK, str(program), configs={"spark.yarn.tags": "mine"})
    for given, expected in (
        ({}, ["JOB_CONFIG_RESERVED", "JOB_NO_SPARK"]),
        ({"Spark": "4.3.0"}, ["JOB_CONFIG_RESERVED"]),
    ):
        made = cluster({"general": given})
        engine = HADOOP.get_edp_engine(made, "Spark")
        assert engine is not None
        with pytest.raises(ValidationFailed) as refused:
            engine.validate_job_execution(made, spec, {})
        assert [error.code for error in refused.value.errors] == expected


def test_a_spark_job_is_submitted_to_yarn(placed: Callable[..., Cluster]) -> None:
    """Its driver listens on its instance's address; what the user sets stays, what Serai sets is above it."""
    instance = placed().instances[0]
    execution = JobExecution("1", "demo", JobSpec(JobType.SPARK, "/pi.py", configs={"spark.executor.memory": "512m"}))
    found = spark_properties(execution, instance, "/serai/spark-4.3.0/jars")
    assert {name: value for name, value in found.items() if name != "spark.local.dir"} == {
        "spark.executor.memory": "512m",
        "spark.master": "yarn",
        "spark.submit.deployMode": "client",
        "spark.driver.host": instance.internal_ip,
        "spark.driver.bindAddress": instance.internal_ip,
        "spark.yarn.tags": "serai-job-1",
        "spark.yarn.jars": "hdfs:///serai/spark-4.3.0/jars/*",
    }
