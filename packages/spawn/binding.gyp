{
  "targets": [
    {
      "target_name": "spawn",
      "sources": ["src/addon/spawn.c"],
      "defines": ["NAPI_VERSION=8"],
      "cflags": ["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror"]
    }
  ]
}
