{
  "targets": [
    {
      "target_name": "unix",
      "sources": ["src/addon/unix.c"],
      "defines": ["NAPI_VERSION=8"],
      "cflags": ["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror"]
    }
  ]
}
