// A netlink socket on the event loop of its environment (main thread or worker).
//
// The addon only moves bytes: receive() copies every waiting datagram into one buffer. A socket that is watched calls one
// JavaScript function without arguments when it becomes readable. Failures are returned as -errno.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <node_api.h>
#include <uv.h>

// Those of before glibc 2.34, which moved them: the programs that load this may have an older one.
#if defined(__GLIBC__) && defined(__x86_64__)
__asm__(".symver pthread_create, pthread_create@GLIBC_2.2.5");
__asm__(".symver pthread_join, pthread_join@GLIBC_2.2.5");
#elif defined(__GLIBC__) && defined(__aarch64__)
__asm__(".symver pthread_create, pthread_create@GLIBC_2.17");
__asm__(".symver pthread_join, pthread_join@GLIBC_2.17");
#endif

// A thread that waits for a socket where there is no libuv to do it (Bun, Deno).
typedef struct {
  pthread_t thread;
  napi_threadsafe_function tell;
  int fd;    // the socket's copy: it may be closed at any time
  int go_on; // eventfd: what was told has been read, or the thread is to end
  atomic_bool ends;
} Waiter;

typedef struct {
  napi_env env;
  uv_poll_t poll;
  Waiter *waiter;                          // in place of the poll handle
  int fd;                                  // -1 once closed
  int owners;                              // the poll handle until libuv has closed it, the JavaScript object until collected
  bool watched;                            // the poll handle and what follows are there
  napi_ref self;                           // strong: a socket that no variable names still delivers
  napi_ref on_readable;
  napi_async_context context;
  napi_async_cleanup_hook_handle cleanup;
} Socket;

// Every datagram in the buffer of receive() is preceded by this and padded to a multiple of 8 bytes.
typedef struct {
  uint32_t length;
  uint32_t lost;  // 1: the kernel dropped messages before this point (overrun), or cut this one short
} Record;

enum {
  // When dumping, the kernel makes datagrams of 32 KiB, or as long as one link is: its alternative names alone may be 64 KiB.
  // Nobody can ask how long the next one is but by a system call more for each. So there is always room for any, and as it is
  // not touched until it is needed, it costs no memory.
  ROOM_FOR_ONE = 1 << 20,
  DATAGRAMS_A_TURN = 2048
};

static napi_value integer(napi_env env, int64_t value) {
  napi_value result = NULL;
  napi_create_int64(env, value, &result);
  return result;
}

// The socket in argument 0, if it is open; the arguments in argv. NULL otherwise.
static Socket *open_socket(napi_env env, napi_callback_info info, size_t argc, napi_value *argv) {
  size_t count = argc;
  void *s = NULL;
  if (napi_get_cb_info(env, info, &count, argv, NULL, NULL) != napi_ok || count < argc) return NULL;
  if (napi_unwrap(env, argv[0], &s) != napi_ok || ((Socket *)s)->fd < 0) return NULL;
  return s;
}

static void release(Socket *s) {
  if (--s->owners == 0) free(s);
}

static void on_collected(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  Socket *s = data;
  if (!s->watched && s->fd >= 0) close(s->fd);
  release(s);
}

static void on_closed(uv_handle_t *poll) {
  Socket *s = poll->data;
  napi_remove_async_cleanup_hook(s->cleanup);
  release(s);
}

static void *wait_for_more(void *data) {
  Waiter *w = data;
  uint64_t count;
  while (!w->ends) {
    struct pollfd fds[] = {{.fd = w->fd, .events = POLLIN}, {.fd = w->go_on, .events = POLLIN}};
    if (poll(fds, 2, -1) < 0 || w->ends || fds[0].revents == 0) continue;
    // Until it has been read: the socket stays readable, and would be told of again and again.
    if (napi_call_threadsafe_function(w->tell, NULL, napi_tsfn_nonblocking) != napi_ok) break;
    while (read(w->go_on, &count, sizeof count) < 0 && errno == EINTR) continue;
  }
  return NULL;
}

static void let_go_on(Waiter *w) {
  uint64_t one = 1;
  while (write(w->go_on, &one, sizeof one) < 0 && errno == EINTR) continue;
}

static void on_told(napi_env env, napi_value on_readable, void *data, void *none) {
  Waiter *w = data;
  napi_value error;
  (void)none;
  if (env == NULL || w->ends) return;
  if (napi_call_function(env, on_readable, on_readable, 0, NULL, NULL) == napi_pending_exception &&
      napi_get_and_clear_last_exception(env, &error) == napi_ok)
    napi_fatal_exception(env, error);
  let_go_on(w);
}

static void on_released(napi_env env, void *w, void *hint) {
  (void)env;
  (void)hint;
  free(w);
}

static void on_env_exit_waiting(void *s);

static void end_waiter(Waiter *w) {
  w->ends = true;
  let_go_on(w);
  pthread_join(w->thread, NULL);
  close(w->fd);
  close(w->go_on);
}

static int start_waiter(napi_env env, Socket *s, napi_value on_readable) {
  napi_value name;
  Waiter *w = calloc(1, sizeof *w);
  if (w == NULL) return -ENOMEM;
  w->fd = fcntl(s->fd, F_DUPFD_CLOEXEC, 0);
  w->go_on = eventfd(0, EFD_CLOEXEC);
  napi_create_string_utf8(env, "netlink", NAPI_AUTO_LENGTH, &name);
  int failure = w->fd < 0 || w->go_on < 0 ? -errno : 0;
  if (failure == 0 && napi_create_threadsafe_function(env, on_readable, NULL, name, 0, 1, w, on_released, w, on_told,
                                                      &w->tell) != napi_ok)
    failure = -EINVAL;
  if (failure == 0 && (failure = -pthread_create(&w->thread, NULL, wait_for_more, w)) == 0) {
    napi_add_env_cleanup_hook(env, on_env_exit_waiting, s);
    s->waiter = w;
    return 0;
  }
  if (w->fd >= 0) close(w->fd);
  if (w->go_on >= 0) close(w->go_on);
  if (w->tell != NULL) napi_release_threadsafe_function(w->tell, napi_tsfn_abort);  // frees it
  else free(w);
  return failure;
}

static void shut(Socket *s) {
  if (s->fd < 0) return;
  close(s->fd);
  s->fd = -1;
  if (!s->watched) return;
  if (s->waiter != NULL) {
    napi_remove_env_cleanup_hook(s->env, on_env_exit_waiting, s);
    end_waiter(s->waiter);
    napi_release_threadsafe_function(s->waiter->tell, napi_tsfn_abort);
    napi_delete_reference(s->env, s->self);
    return;
  }
  uv_close((uv_handle_t *)&s->poll, on_closed);
  napi_async_destroy(s->env, s->context);
  napi_delete_reference(s->env, s->on_readable);
  napi_delete_reference(s->env, s->self);
}

static void on_env_exit_waiting(void *s) {
  shut(s);
}

// The environment goes away with the socket open: a worker is terminated, the program ends.
static void on_env_exit(napi_async_cleanup_hook_handle cleanup, void *s) {
  (void)cleanup;  // removed in on_closed, which tells the environment that it may go on
  shut(s);
}

static void on_poll(uv_poll_t *poll, int status, int events) {
  Socket *s = poll->data;
  napi_env env = s->env;
  (void)events;
  // An overrun shows as POLLERR, which libuv takes for a failure and stops the handle; recvmsg() will say ENOBUFS.
  if (status < 0) uv_poll_start(poll, UV_READABLE, on_poll);

  napi_handle_scope scope;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return;
  napi_value on_readable, error;
  napi_get_reference_value(env, s->on_readable, &on_readable);
  // The receiver must be an object; the function itself is one at hand.
  if (napi_make_callback(env, s->context, on_readable, on_readable, 0, NULL, NULL) == napi_pending_exception &&
      napi_get_and_clear_last_exception(env, &error) == napi_ok)
    napi_fatal_exception(env, error);  // to uncaughtException, as any event's exception
  napi_close_handle_scope(env, scope);
}

// A socket that is wanted: of the thread's network namespace, or (netns >= 0) of that one. result: descriptor | -errno
typedef struct {
  int protocol, netns, result;
} Wanted;

static void *make_socket(void *data) {
  Wanted *w = data;
  struct sockaddr_nl address = {.nl_family = AF_NETLINK};
  int fd = w->netns >= 0 && setns(w->netns, CLONE_NEWNET) != 0
               ? -1
               : socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, w->protocol);
  w->result = fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ? -errno : fd;
  if (fd >= 0 && w->result < 0) close(fd);
  return NULL;
}

// A thread goes to the other namespace, makes the socket, which stays there, and ends. No other thread ever moves: there is nothing
// to come back from, and nothing that could fail on the way back.
static int socket_in(int netns, int protocol) {
  Wanted wanted = {.protocol = protocol, .netns = netns};
  pthread_t thread;
  int failure = pthread_create(&thread, NULL, make_socket, &wanted);
  if (failure != 0) return -failure;
  pthread_join(thread, NULL);
  return wanted.result;
}

// The same in a namespace by its name, as of ip-netns(8), or by a path, which has a slash in it.
static int socket_in_named(napi_env env, napi_value netns, int protocol) {
  char name[PATH_MAX], path[PATH_MAX + sizeof "/run/netns/"];
  size_t length;
  if (napi_get_value_string_utf8(env, netns, name, sizeof name, &length) != napi_ok || length != strlen(name))
    return -EINVAL;
  if (length >= sizeof name - 1) return -ENAMETOOLONG;
  snprintf(path, sizeof path, "%s%s", strchr(name, '/') == NULL ? "/run/netns/" : "", name);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -errno;
  int result = socket_in(fd, protocol);
  close(fd);
  return result;
}

// open(protocol, netns: number | string | undefined): Handle | -errno
static napi_value open_(napi_env env, napi_callback_info info) {
  napi_value argv[2], self;
  size_t argc = 2;
  int32_t protocol, netns = -1;
  napi_valuetype type = napi_undefined;
  if (napi_get_cb_info(env, info, &argc, argv, NULL, NULL) != napi_ok ||
      napi_get_value_int32(env, argv[0], &protocol) != napi_ok || napi_typeof(env, argv[1], &type) != napi_ok)
    return integer(env, -EINVAL);
  int fd = -EINVAL;
  Wanted here = {.protocol = protocol, .netns = -1};
  if (type == napi_string) fd = socket_in_named(env, argv[1], protocol);
  else if (type == napi_undefined) make_socket(&here), fd = here.result;
  else if (napi_get_value_int32(env, argv[1], &netns) == napi_ok) fd = netns < 0 ? -EBADF : socket_in(netns, protocol);
  if (fd < 0) return integer(env, fd);
  Socket *s = calloc(1, sizeof *s);
  if (s == NULL) {
    close(fd);
    return integer(env, -ENOMEM);
  }
  s->env = env;
  s->fd = fd;
  s->owners = 1;
  napi_create_object(env, &self);
  napi_wrap(env, self, s, on_collected, NULL, NULL);
  return self;
}

// watch(handle, onReadable: () => void, byThread: boolean): 0 | -errno; from now on the open socket keeps the event loop alive
// byThread: libuv's functions are not there, or only half of them
static napi_value watch(napi_env env, napi_callback_info info) {
  napi_value argv[3], name;
  uv_loop_t *loop;
  bool by_thread = false;
  Socket *s = open_socket(env, info, 3, argv);
  if (s == NULL) return integer(env, -EBADF);
  if (s->watched) return integer(env, -EALREADY);
  if (napi_get_value_bool(env, argv[2], &by_thread) != napi_ok) return integer(env, -EINVAL);
  if (by_thread) {
    int failure = start_waiter(env, s, argv[1]);
    if (failure != 0) return integer(env, failure);
    s->watched = true;
    napi_create_reference(env, argv[0], 1, &s->self);
    return integer(env, 0);
  }
  if (napi_create_reference(env, argv[1], 1, &s->on_readable) != napi_ok) return integer(env, -EINVAL);
  int failure = napi_get_uv_event_loop(env, &loop) == napi_ok ? uv_poll_init(loop, &s->poll, s->fd) : UV_EINVAL;
  if (failure != 0) {
    napi_delete_reference(env, s->on_readable);
    return integer(env, failure);
  }
  s->watched = true;
  s->owners++;
  s->poll.data = s;
  napi_create_reference(env, argv[0], 1, &s->self);
  napi_create_string_utf8(env, "netlink", NAPI_AUTO_LENGTH, &name);
  napi_async_init(env, NULL, name, &s->context);
  napi_add_async_cleanup_hook(env, on_env_exit, s, &s->cleanup);
  uv_poll_start(&s->poll, UV_READABLE, on_poll);
  return integer(env, 0);
}

// close(handle): void; closing twice does nothing
static napi_value close_(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  Socket *s = open_socket(env, info, 1, argv);
  if (s != NULL) shut(s);
  return NULL;
}

// ref(handle, on: boolean): void; whether the open socket, which is watched, keeps the event loop alive
static napi_value ref_(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  Socket *s = open_socket(env, info, 2, argv);
  bool on = false;
  if (s == NULL || !s->watched) return NULL;
  napi_get_value_bool(env, argv[1], &on);
  if (s->waiter != NULL && on) napi_ref_threadsafe_function(env, s->waiter->tell);
  else if (s->waiter != NULL) napi_unref_threadsafe_function(env, s->waiter->tell);
  else if (on) uv_ref((uv_handle_t *)&s->poll);
  else uv_unref((uv_handle_t *)&s->poll);
  return NULL;
}

// setOption(handle, level, option, value): 0 | -errno
static napi_value set_option(napi_env env, napi_callback_info info) {
  napi_value argv[4];
  Socket *s = open_socket(env, info, 4, argv);
  int32_t n[3] = {0};
  if (s == NULL) return integer(env, -EBADF);
  for (int i = 0; i < 3; i++) napi_get_value_int32(env, argv[i + 1], &n[i]);
  return integer(env, setsockopt(s->fd, n[0], n[1], &n[2], sizeof n[2]) == 0 ? 0 : -errno);
}

// getOption(handle, level, option): value | -errno
static napi_value get_option(napi_env env, napi_callback_info info) {
  napi_value argv[3];
  Socket *s = open_socket(env, info, 3, argv);
  int32_t n[2] = {0}, value = 0;
  socklen_t length = sizeof value;
  if (s == NULL) return integer(env, -EBADF);
  for (int i = 0; i < 2; i++) napi_get_value_int32(env, argv[i + 1], &n[i]);
  return integer(env, getsockopt(s->fd, n[0], n[1], &value, &length) == 0 ? value : -errno);
}

// The bytes of a Uint8Array argument; NULL when it is none.
static uint8_t *uint8_array(napi_env env, napi_value value, size_t *length) {
  napi_typedarray_type type;
  void *bytes = NULL;
  if (napi_get_typedarray_info(env, value, &type, length, &bytes, NULL, NULL) != napi_ok || type != napi_uint8_array)
    return NULL;
  return bytes;
}

// send(handle, bytes): number of bytes sent | -errno; rtnetlink and nfnetlink have answered when it returns
static napi_value send_(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  size_t length;
  Socket *s = open_socket(env, info, 2, argv);
  if (s == NULL) return integer(env, -EBADF);
  uint8_t *bytes = uint8_array(env, argv[1], &length);
  if (bytes == NULL) return integer(env, -EINVAL);
  struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
  ssize_t sent;
  do sent = sendto(s->fd, bytes, length, 0, (struct sockaddr *)&kernel, sizeof kernel);
  while (sent < 0 && errno == EINTR);
  return integer(env, sent < 0 ? -errno : sent);
}

// receive(handle, buffer): number of bytes of the buffer filled with records, 0 when nothing waits | -errno
static napi_value receive(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  size_t size, used = 0;
  Socket *s = open_socket(env, info, 2, argv);
  if (s == NULL) return integer(env, -EBADF);
  uint8_t *buffer = uint8_array(env, argv[1], &size);
  if (buffer == NULL || size < sizeof(Record) + ROOM_FOR_ONE) return integer(env, -EINVAL);

  for (int i = 0; i < DATAGRAMS_A_TURN && size - used >= sizeof(Record) + ROOM_FOR_ONE; i++) {
    struct sockaddr_nl from = {0};
    struct iovec room = {buffer + used + sizeof(Record), size - used - sizeof(Record)};
    struct msghdr message = {.msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &room, .msg_iovlen = 1};
    Record record = {0, 0};
    ssize_t length = recvmsg(s->fd, &message, 0);
    if (length < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN) break;
      if (errno != ENOBUFS && used > 0) break;  // it fails again, and is told, the next time
      if (errno != ENOBUFS) return integer(env, -errno);
      record.lost = 1;
    } else {
      if (from.nl_pid != 0) continue;  // any privileged program may write to our port; only the kernel's is 0
      record.length = (uint32_t)length;
      record.lost = (message.msg_flags & MSG_TRUNC) != 0;
    }
    memcpy(buffer + used, &record, sizeof record);
    used += (sizeof record + record.length + 7) & ~(size_t)7;
  }
  return integer(env, (int64_t)used);
}

NAPI_MODULE_INIT() {
  const napi_property_descriptor functions[] = {
      {"open", NULL, open_, NULL, NULL, NULL, napi_enumerable, NULL},
      {"watch", NULL, watch, NULL, NULL, NULL, napi_enumerable, NULL},
      {"close", NULL, close_, NULL, NULL, NULL, napi_enumerable, NULL},
      {"ref", NULL, ref_, NULL, NULL, NULL, napi_enumerable, NULL},
      {"setOption", NULL, set_option, NULL, NULL, NULL, napi_enumerable, NULL},
      {"getOption", NULL, get_option, NULL, NULL, NULL, napi_enumerable, NULL},
      {"send", NULL, send_, NULL, NULL, NULL, napi_enumerable, NULL},
      {"receive", NULL, receive, NULL, NULL, NULL, napi_enumerable, NULL},
  };
  napi_define_properties(env, exports, sizeof functions / sizeof functions[0], functions);
  return exports;
}
