// posix_spawn(3) with pipes, and the end of the children on the event loop of their environment (main thread or worker).
//
// libuv forks: the kernel copies the page tables of the whole process, and every page that is written to next is copied too.
// posix_spawn() borrows the address space until the child executes. libuv's pipes are sockets, which /dev/stderr cannot open.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <node_api.h>
#include <uv.h>

typedef struct Child {
  struct Child *next;
  pid_t pid;
  napi_ref on_exit;
} Child;

typedef struct {
  napi_env env;
  uv_signal_t signal;  // SIGCHLD; keeps the event loop alive while there are children
  Child *children;
  napi_async_context context;
  napi_async_cleanup_hook_handle cleanup;
} Children;

static napi_value integer(napi_env env, int64_t value) {
  napi_value result = NULL;
  napi_create_int64(env, value, &result);
  return result;
}

// Takes one child that has ended out of the list; NULL when there is none. SIGCHLD may stand for several.
static Child *take_ended(Children *c, int *status) {
  for (Child **at = &c->children; *at != NULL; at = &(*at)->next) {
    Child *child = *at;
    pid_t ended;
    do ended = waitpid(child->pid, status, WNOHANG);
    while (ended < 0 && errno == EINTR);
    if (ended == 0) continue;
    if (ended < 0) *status = -1;  // somebody else has waited for it: nobody knows how it ended
    *at = child->next;
    return child;
  }
  return NULL;
}

static void tell(Children *c, Child *child, int status) {
  napi_env env = c->env;
  napi_handle_scope scope;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return;
  napi_value on_exit, error;
  napi_value how[2] = {
      integer(env, status != -1 && WIFEXITED(status) ? WEXITSTATUS(status) : -1),
      integer(env, status != -1 && WIFSIGNALED(status) ? WTERMSIG(status) : 0),
  };
  napi_get_reference_value(env, child->on_exit, &on_exit);
  napi_delete_reference(env, child->on_exit);
  free(child);
  // The receiver must be an object; the function itself is one at hand.
  if (napi_make_callback(env, c->context, on_exit, on_exit, 2, how, NULL) == napi_pending_exception &&
      napi_get_and_clear_last_exception(env, &error) == napi_ok)
    napi_fatal_exception(env, error);  // to uncaughtException, as any event's exception
  napi_close_handle_scope(env, scope);
}

static void on_sigchld(uv_signal_t *signal, int number) {
  (void)number;
  Children *c = signal->data;
  int status;
  // From the beginning each time: a callback may start others.
  for (Child *child; (child = take_ended(c, &status)) != NULL;) tell(c, child, status);
  if (c->children == NULL) uv_unref((uv_handle_t *)signal);
}

static void on_closed(uv_handle_t *signal) {
  Children *c = signal->data;
  napi_remove_async_cleanup_hook(c->cleanup);
  free(c);
}

// The environment goes away while children run: a worker is terminated, the program ends. They live on.
static void on_env_exit(napi_async_cleanup_hook_handle cleanup, void *data) {
  (void)cleanup;  // removed in on_closed, which tells the environment that it may go on
  Children *c = data;
  for (Child *child = c->children, *next; child != NULL; child = next) {
    next = child->next;
    napi_delete_reference(c->env, child->on_exit);
    free(child);
  }
  c->children = NULL;
  napi_async_destroy(c->env, c->context);
  uv_close((uv_handle_t *)&c->signal, on_closed);
}

// The texts of a Uint8Array, each with a NUL at its end, as argv is; free() it. NULL: no such argument, or no memory.
static char **texts(napi_env env, napi_value value) {
  napi_typedarray_type type;
  size_t length, count = 0;
  void *bytes = NULL;
  if (napi_get_typedarray_info(env, value, &type, &length, &bytes, NULL, NULL) != napi_ok || type != napi_uint8_array)
    return NULL;
  char *text = bytes, *end = text + length;
  if (length > 0 && end[-1] != '\0') return NULL;
  for (size_t i = 0; i < length; i++) count += text[i] == '\0';
  char **list = malloc((count + 1) * sizeof *list);
  if (list == NULL) return NULL;
  for (char **at = list; text < end; text += strlen(text) + 1) *at++ = text;
  list[count] = NULL;
  return list;
}

// Starts it in a session of its own, with signals as after login, /dev/null to read from and pipes to write to. 0 or errno.
static int start(pid_t *pid, char *path, char **argv, char **env, char *cwd, int out, int err) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  if (posix_spawn_file_actions_init(&files) != 0) return ENOMEM;
  if (posix_spawnattr_init(&attributes) != 0) {
    posix_spawn_file_actions_destroy(&files);
    return ENOMEM;
  }
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  int failure = posix_spawn_file_actions_addchdir_np(&files, cwd);
  if (failure == 0) failure = posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  if (failure == 0) failure = posix_spawn_file_actions_adddup2(&files, out, 1);
  if (failure == 0) failure = posix_spawn_file_actions_adddup2(&files, err, 2);
  if (failure == 0) failure = posix_spawn(pid, path, &files, &attributes, argv, env);
  // We wake up on the CPU on which the child is about to run, and would keep it from that for as long as we go on.
  if (failure == 0) sched_yield();
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return failure;
}

// clone3(2), since Linux 5.7; linux/sched.h clashes with sched.h.
typedef struct {
  uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup;
} CloneArgs;
#define INTO_CGROUP 0x200000000ULL

typedef struct {
  char *path, **argv, **env, *cwd;
  int out, err;
  int cgroup;            // a descriptor of its directory, to move into; -1: the child is where it should be
  volatile int failure;  // errno, written by the child: it shares the memory
} Program;

static int set_descriptor(int from, int to) {
  return from == to ? fcntl(to, F_SETFD, 0) : dup2(from, to);  // dup2 of itself would leave it to be closed
}

// Moves the child into a cgroup. No program is to blame if that fails: ENODEV.
static int enter(int cgroup) {
  int members = openat(cgroup, "cgroup.procs", O_WRONLY | O_CLOEXEC);
  if (members >= 0 && write(members, "0", 1) == 1) return 0;
  errno = ENODEV;
  return -1;
}

// The child, on the stack and in the memory of a parent that waits. Signals are blocked, and only the kernel is asked.
__attribute__((noreturn, noinline)) static void execute(Program *p) {
  struct sigaction usual = {.sa_handler = SIG_DFL};
  sigset_t none;
  sigemptyset(&none);
  // Before they are let through: a handler would run in the parent's memory.
  for (int number = 1; number < _NSIG; number++) sigaction(number, &usual, NULL);
  int input;
  if ((p->cgroup < 0 || enter(p->cgroup) == 0) && setsid() >= 0 && chdir(p->cwd) == 0 && (input = open("/dev/null", O_RDONLY)) >= 0 && set_descriptor(input, 0) >= 0 &&
      set_descriptor(p->out, 1) >= 0 && set_descriptor(p->err, 2) >= 0) {
    if (input > 2) close(input);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(p->path, p->argv, p->env);
  }
  p->failure = errno;
  _exit(127);
}

// As vfork(2), with what only clone3 can: the child begins inside the cgroup. A pid, or -errno. The parent sleeps until the child
// executes or ends; both go on in this frame, so nothing may return from it in between: neither a call of libc nor a frame of its own
// lies between the kernel and the jump to `execute`. Without CLONE_VM the kernel would copy the page tables of Node.
__attribute__((noinline)) static long clone_into(CloneArgs *args, Program *program) {
#if defined(__x86_64__) && defined(__LP64__)
  long pid;
  __asm__ volatile("syscall" : "=a"(pid) : "0"((long)SYS_clone3), "D"(args), "S"(sizeof *args) : "rcx", "r11", "memory");
#elif defined(__aarch64__)
  register long pid __asm__("x0") = (long)args;
  register long size __asm__("x1") = sizeof *args;
  register long number __asm__("x8") = SYS_clone3;
  __asm__ volatile("svc #0" : "+r"(pid) : "r"(size), "r"(number) : "memory", "cc");
#else
  long pid = -ENOSYS;
  (void)args;
#endif
  if (pid == 0) execute(program);
  return pid;
}

// The same for sandboxes that refuse clone3, as seccomp cannot look into its argument: the child moves, which takes 1 to 21 ms.
__attribute__((noinline)) static long fork_and_move(int cgroup, Program *program) {
  program->cgroup = cgroup;
  long pid = vfork();
  if (pid == 0) execute(program);
  return pid < 0 ? -errno : pid;
}

// The same as start(), inside the cgroup whose directory is open. 0 or errno; what is no fault of the program is ENOSYS, EACCES, …
static int start_in(int cgroup, pid_t *pid, char *path, char **argv, char **env, char *cwd, int out, int err) {
  Program program = {path, argv, env, cwd, out, err, -1, 0};
  CloneArgs args = {
      .flags = INTO_CGROUP | CLONE_VM | CLONE_VFORK,
      .exit_signal = SIGCHLD,
      .cgroup = (uint64_t)cgroup,
  };
  sigset_t all, before;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, &before);  // of this thread, on Linux; pthread_sigmask() has moved in glibc 2.32
  long child = clone_into(&args, &program);
  if (child == -ENOSYS) child = fork_and_move(cgroup, &program);
  sigprocmask(SIG_SETMASK, &before, NULL);
  if (child < 0) return (int)-child;
  if (program.failure == 0) {
    *pid = (pid_t)child;
    sched_yield();  // as in start()
    return 0;
  }
  while (waitpid((pid_t)child, NULL, 0) < 0 && errno == EINTR) continue;
  return program.failure;
}

// spawn(path, args, env, cwd: Uint8Array, onExit: (code, signal) => void, cgroup: number): [pid, stdout, stderr] | -errno
// cgroup: a descriptor of its directory; -1: that of this process
static napi_value spawn_(napi_env env, napi_callback_info info) {
  size_t argc = 6;
  int32_t cgroup = -1;
  napi_value argv[6], result = NULL;
  void *data;
  int out[2] = {-1, -1}, err[2] = {-1, -1}, failure = 0;
  if (napi_get_cb_info(env, info, &argc, argv, NULL, &data) != napi_ok || argc < 6 ||
      napi_get_value_int32(env, argv[5], &cgroup) != napi_ok)
    return integer(env, -EINVAL);
  Children *c = data;
  Child *child = calloc(1, sizeof *child);
  char **lists[4];
  for (int i = 0; i < 4; i++) lists[i] = texts(env, argv[i]);
  for (int i = 0; i < 4; i++)
    if (lists[i] == NULL || (i != 2 && lists[i][0] == NULL)) failure = EINVAL;
  if (child == NULL) failure = ENOMEM;
  if (failure == 0 && napi_create_reference(env, argv[4], 1, &child->on_exit) != napi_ok) failure = EINVAL;
  if (failure == 0 && (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0)) failure = errno;
  if (failure == 0)
    failure = cgroup < 0 ? start(&child->pid, lists[0][0], lists[1], lists[2], lists[3][0], out[1], err[1])
                         : start_in(cgroup, &child->pid, lists[0][0], lists[1], lists[2], lists[3][0], out[1], err[1]);

  if (out[1] >= 0) close(out[1]);
  if (err[1] >= 0) close(err[1]);
  for (int i = 0; i < 4; i++) free(lists[i]);
  if (failure != 0) {
    if (out[0] >= 0) close(out[0]);
    if (err[0] >= 0) close(err[0]);
    if (child != NULL && child->on_exit != NULL) napi_delete_reference(env, child->on_exit);
    free(child);
    return integer(env, -failure);
  }
  child->next = c->children;
  c->children = child;
  uv_ref((uv_handle_t *)&c->signal);
  napi_create_array_with_length(env, 3, &result);
  napi_set_element(env, result, 0, integer(env, child->pid));
  napi_set_element(env, result, 1, integer(env, out[0]));
  napi_set_element(env, result, 2, integer(env, err[0]));
  return result;
}

NAPI_MODULE_INIT() {
  uv_loop_t *loop;
  napi_value name;
  Children *c = calloc(1, sizeof *c);
  if (c == NULL || napi_get_uv_event_loop(env, &loop) != napi_ok || uv_signal_init(loop, &c->signal) != 0) {
    free(c);
    napi_throw_error(env, NULL, "no signal can be watched");
    return NULL;
  }
  c->env = env;
  c->signal.data = c;
  uv_signal_start(&c->signal, on_sigchld, SIGCHLD);
  uv_unref((uv_handle_t *)&c->signal);
  napi_create_string_utf8(env, "spawn", NAPI_AUTO_LENGTH, &name);
  napi_async_init(env, NULL, name, &c->context);
  napi_add_async_cleanup_hook(env, on_env_exit, c, &c->cleanup);
  const napi_property_descriptor spawn = {"spawn", NULL, spawn_, NULL, NULL, NULL, napi_enumerable, c};
  napi_define_properties(env, exports, 1, &spawn);
  return exports;
}
