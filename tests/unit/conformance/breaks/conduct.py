"""What authors get wrong: conduct."""


def keeps_notes_in_groups(sound):
    def install(self, instance):
        sound.install(self, instance)
        instance.node_group.node_configs.setdefault("general", {})["installed"] = True

    return {"install": install}


def prints(sound):
    def install(self, instance):
        sound.install(self, instance)
        print("installed on", instance.instance_name)

    return {"install": install}


def is_root_untold(sound):
    def install(self, instance):
        sound.install(self, instance)
        instance.remote.run("sysctl", "-w", "vm.swappiness=1", root=True)

    return {"install": install}


def writes_beside_its_directory(sound):
    def install(self, instance):
        sound.install(self, instance)
        instance.remote.put({"/etc/sound.conf": "mode"})

    return {"install": install}


BREAKS = [
    (keeps_notes_in_groups, "cluster-untouched"),
    (prints, "prints-nothing"),
    (is_root_untold, "root-told"),
    (writes_beside_its_directory, "files-in-place"),
]
"""Each with the check that finds it."""
