{
  "targets": [
    {
      "target_name": "netlink",
      "sources": ["src/addon/netlink.c"],
      "defines": ["NAPI_VERSION=8"],
      "cflags": ["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror"]
    }
  ]
}
