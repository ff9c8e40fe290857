"""Examples of the Task API as people write them; run under either package, for one server to hold what both make."""

import json
import pathlib
import sys

from clearml import Task, TaskTypes

project = sys.argv[1]
said = {}
folder = pathlib.Path("given")
folder.mkdir()
(folder / "settings.yaml").write_text("model:\n  depth: 3  # layers\nsizes: [1, 2]\n")
(folder / "table.csv").write_text("a,b\n1,2\n")
(folder / "script.py").write_text("print('on its own')\n")


class Person:
    """A custom class."""

    def __init__(self, name, age):
        self.name = name
        self.age = age


def run(name, **arguments):
    """A new run."""
    return Task.init(project, name, reuse_last_task_id=False, auto_resource_monitoring=False, **arguments)


# Objects that are connected.
task = run("objects", tags=["b", "a"], task_type=TaskTypes.testing)
settings = task.connect(
    {
        "epochs": 3,
        "rate": 0.1,
        "flag": True,
        "name": "x",
        "none": None,
        "sizes": [1, 2],
        "inner": {"depth": 2},
        "empty": {},
    }
)
settings["epochs"] = 5
task.connect(Person("Erik", 5))
task.connect({"pair": (1, 2), "words": ["a", "b"], "mixed": [1, "a"], "rows": [{"a": 1}]}, name="Model")
task.connect_configuration({"optimizer": {"name": "adam", "betas": [0.9, 0.99]}, "on": True})
task.connect_configuration(str(folder / "settings.yaml"), name="file", description="as it is")
task.set_configuration_object("text", config_text="a = 1", config_type="conf")
task.set_configuration_object("dictionary", config_dict={"a": 1})
task.set_comment("for people")
task.set_user_properties({"name": "backbone", "description": "type of network", "value": "great"}, stable=True)
task.set_progress(40)
task.flush(wait_for_uploads=True)
said["as dict"] = task.get_parameters_as_dict(cast=True)
said["cast"] = task.get_parameters(cast=True)
said["one"] = [task.get_parameter("General/epochs"), task.get_parameter("epochs"), task.get_parameter("x/y", default=7)]
said["properties"] = task.get_user_properties(value_only=True)
said["configuration"] = task.get_configuration_object_as_dict("dictionary")
task.close()

# Parameters that are set.
task = run("parameters")
task.set_parameters({"Args/epochs": 7, "lr": 0.5})
task.set_parameters({"Args/epochs": 8, "Args/batch": 16})
task.set_parameter(name="decay", value=0.001)
task.set_parameter("Args/rate", "0.1", description="per step", value_type=float)
task.set_parameters_as_dict({"my_args": {"lr": 0.3, "deep": {"n": 1}}})
task.update_parameters({"Args/batch": 32})
said["deleted"] = task.delete_parameter("my_args/lr", force=True)
task.flush(wait_for_uploads=True)
said["parameters"] = task.get_parameters()
task.close()

# What is reported and kept.
task = run("reports")
log = task.get_logger()
for iteration, value in enumerate([1.0, 0.25, 0.5]):
    log.report_scalar("loss", "train", iteration=iteration, value=value)
    log.report_scalar("loss", "test", value * 2, iteration)
log.report_single_value("accuracy", 0.9)
task.upload_artifact("dictionary", {"name": "Erik", "age": 30}, metadata={"rows": 2}, wait_on_upload=True)
task.upload_artifact("text", "just a text", wait_on_upload=True)
task.upload_artifact("file", str(folder / "table.csv"), wait_on_upload=True)
task.upload_artifact("link", "https://files.example/x.bin", wait_on_upload=True)
task.flush(wait_for_uploads=True)
said["scalars"] = task.get_reported_scalars()
said["all scalars"] = task.get_all_reported_scalars()
said["single values"] = task.get_reported_single_values()
task.close()
task = Task.get_task(task_id=task.id)
said["last"] = task.get_last_scalar_metrics()
said["last iteration"] = task.get_last_iteration()
said["artifacts"] = [(name, artifact.type, artifact.size) for name, artifact in task.artifacts.items()]
said["dictionary"] = task.artifacts["dictionary"].get()
task.set_name("reports, renamed")
task.add_tags(["later", "one more"])
task.set_tags(["kept", *task.get_tags()])
task.move_to_project(new_project_name=f"{project}/moved")

# Drafts.
draft = Task.create(
    project_name=project,
    task_name="a draft",
    task_type="inference",
    repo="https://git.example/team/x.git",
    branch="master",
    script="examples/train.py",
    working_directory=".",
    packages=["numpy>=1.26", "torch"],
    docker="python:3.12",
    docker_args="--ipc=host",
    docker_bash_setup_script="echo ready",
    argparse_args=[("lr", "0.1"), ("epochs", "3")],
    add_task_init_call=False,
    binary="python3.11",
)
draft.set_comment("nobody ran it")
draft.set_parent(task.id)
edited = Task.create(
    project_name=project,
    task_name="an edited draft",
    repo="https://git.example/team/x.git",
    commit="c" * 40,
    script="train.py",
    working_directory="src",
    packages=["numpy"],
    add_task_init_call=False,
    binary="python3.11",
)
edited.set_repo("https://git.example/team/y.git", "next")
edited.set_packages(["pandas", "rich>13"])
edited.set_script(entry_point="other.py", diff="")
edited.set_base_docker(docker_image="image:1", docker_arguments="--rm")
edited.set_task_type("data_processing")
alone = Task.create(
    project_name=project,
    task_name="a script",
    script=str(folder / "script.py"),
    packages=["numpy"],
    add_task_init_call=False,
    binary="python3.11",
)

# A life.
life = Task.create(project, "a life", repo="https://git.example/x.git", script="a.py", add_task_init_call=False)
life.mark_started()
life.mark_failed(status_reason="on purpose", status_message="it had to be")
said["failed"] = life.get_status()
life.reset()
life.mark_started()
life.mark_stopped()
life.mark_completed(force=True)
life.publish()
said["published"] = life.get_status()
life.set_archived(True)
said["archived"] = life.get_archived()

# Queries.
names = {found.id: found.name for found in Task.get_tasks(project_name=project)}
said["in the project"] = sorted(names.values())


def asked(**query):
    """Names of what is found, in order."""
    return [names[found] for found in Task.query_tasks(project_name=project, **query)]


said["by name"] = sorted(asked(task_name="draft"))
said["by tags"] = asked(tags=["a", "b"])
said["by all tags"] = asked(tags=["__$all", "a", "missing"])
said["without archived"] = "a life" in asked(task_filter={"system_tags": ["-archived"]})
said["by status"] = sorted(asked(task_filter={"status": ["completed", "published"]}))
said["by type"] = asked(task_filter={"type": ["testing"]})
said["in order"] = asked(task_filter={"order_by": ["name"]})
said["fields"] = Task.query_tasks(
    project_name=project, task_name="^a script$", additional_return_fields=["name", "script.entry_point"]
)[0]["script.entry_point"]
said["unknown"] = Task.get_task(project_name=project, task_name="no such task")
said["projects"] = sorted(found.name for found in Task.get_projects(name=f"^{project}"))
exported = draft.export_task()
said["imported"] = Task.import_task({**exported, "name": "imported"}).name
said["deleted task"] = Task.import_task({**exported, "name": "to be deleted"}).delete()
print("RESULT " + json.dumps(said, default=str))
