package io.millstream.nemesis;

/** Whom a fault strikes. */
enum Target {
    LEADER {
        @Override
        int find(Scene scene) {
            return scene.anyLeader();
        }
    },
    FOLLOWER {
        @Override
        int find(Scene scene) {
            return scene.anyFollower();
        }
    },
    CONTROLLER {
        @Override
        int find(Scene scene) {
            return scene.controller();
        }
    },
    COORDINATOR {
        @Override
        int find(Scene scene) {
            return scene.coordinator();
        }
    };

    /** The broker's id, as things are now. */
    abstract int find(Scene scene);
}
