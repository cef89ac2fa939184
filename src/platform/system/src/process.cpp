// SPDX-License-Identifier: Apache-2.0
#include <system/process.hpp>

#include "descriptor.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <chrono>

namespace oakum::system {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t kMaxInput = 64 * 1024; // what a pipe holds: it is written at once
constexpr auto kPatience = milliseconds(2000);
constexpr auto kLook = milliseconds(20); // how often the process is asked for while its pipes are quiet

struct Pipe {
    Descriptor reading;
    Descriptor writing;
};

base::Result<Pipe> make_pipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return system_error("making a pipe");
    return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

base::Status check(const Command& command) {
    if (command.arguments.empty() || !command.arguments.front().starts_with('/'))
        return base::invalid("a command begins with the absolute path of a program");
    if (command.input.size() > kMaxInput) return base::too_large("more than 64 KiB of input for a command");
    for (const std::string& word : command.arguments) {
        if (word.find('\0') != std::string::npos) return base::invalid("a NUL byte in a command");
    }
    for (const auto& [name, value] : command.environment) {
        if (name.empty() || name.find('=') != std::string::npos ||
            (name + value).find('\0') != std::string::npos)
            return base::invalid("a bad name or value in a command's environment");
    }
    return {};
}

std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> list;
    for (std::string& word : words)
        list.push_back(word.data());
    list.push_back(nullptr);
    return list;
}

bool limit(decltype(RLIMIT_AS) what, std::uint64_t most) {
    const rlimit both{static_cast<rlim_t>(most), static_cast<rlim_t>(most)};
    return ::setrlimit(what, &both) == 0;
}

// Only calls that are safe between fork and exec. Writes errno to `tell` when it fails.
[[noreturn]] void become(const Command& command, char* const* arguments, char* const* environment, int in,
                         int out, int err, int tell) {
    const Limits& limits = *command.limits;
    sigset_t none;
    sigemptyset(&none);
    struct sigaction usual{};
    usual.sa_handler = SIG_DFL;
    for (int number = 1; number < NSIG; ++number)
        sigaction(number, &usual, nullptr);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    // Kept clear of the three that are taken.
    const int kept = fcntl(tell, F_DUPFD_CLOEXEC, 3);
    const bool ready = kept >= 3 && setpgid(0, 0) == 0 && dup2(in, 0) >= 0 && dup2(out, 1) >= 0 &&
                       dup2(err, 2) >= 0 && chdir(command.folder.c_str()) == 0 && limit(RLIMIT_CORE, 0) &&
                       (limits.memory_bytes == 0 || limit(RLIMIT_AS, limits.memory_bytes)) &&
                       (limits.cpu_seconds == 0 || limit(RLIMIT_CPU, limits.cpu_seconds)) &&
                       (limits.file_bytes == 0 || limit(RLIMIT_FSIZE, limits.file_bytes)) &&
                       (limits.open_files == 0 || limit(RLIMIT_NOFILE, limits.open_files));
    if (ready) {
        for (int each = 3; each < 1024; ++each)
            if (each != kept) close(each);
        execve(arguments[0], arguments, environment);
    }
    const int code = errno;
    const ssize_t written = ::write(kept, &code, sizeof code);
    _exit(written == sizeof code ? 127 : 126);
}

base::Result<pid_t> start_limited(const Command& command, char* const* arguments, char* const* environment,
                                  const Pipe& in, const Pipe& out, const Pipe& err) {
    TRY_VALUE(Pipe tell, make_pipe());
    const pid_t child = fork();
    if (child < 0) return system_error("starting " + command.arguments.front());
    if (child == 0)
        become(command, arguments, environment, in.reading.get(), out.writing.get(), err.writing.get(),
               tell.writing.get());
    tell.writing.close();
    int code = 0;
    ssize_t got = 0;
    do {
        got = ::read(tell.reading.get(), &code, sizeof code);
    } while (got < 0 && errno == EINTR);
    if (got != sizeof code) return child;
    waitpid(child, nullptr, 0);
    return system_error("starting " + command.arguments.front(), code);
}

base::Result<pid_t> start(const Command& command, const Pipe& in, const Pipe& out, const Pipe& err) {
    std::vector<std::string> arguments = command.arguments;
    std::vector<std::string> environment;
    for (const auto& [name, value] : command.environment)
        environment.push_back(name + "=" + value);
    if (command.limits)
        return start_limited(command, pointers(arguments).data(), pointers(environment).data(), in, out, err);

    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&actions, in.reading.get(), 0);
    posix_spawn_file_actions_adddup2(&actions, out.writing.get(), 1);
    posix_spawn_file_actions_adddup2(&actions, err.writing.get(), 2);
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    posix_spawn_file_actions_addchdir_np(&actions, command.folder.c_str());
    // A group of its own, no signal blocked or ignored, whatever our process does with them.
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

    pid_t child = -1;
    const int failure = posix_spawn(&child, command.arguments.front().c_str(), &actions, &attributes,
                                    pointers(arguments).data(), pointers(environment).data());
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (failure != 0) return system_error("starting " + command.arguments.front(), failure);
    return child;
}

// Reads what is there; false at the end of the stream.
bool take(const Descriptor& from, std::string& into, std::size_t limit, bool& truncated) {
    char piece[4096];
    for (;;) {
        const ssize_t got = ::read(from.get(), piece, sizeof piece);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return errno == EAGAIN;
        if (got == 0) return false;
        const std::size_t room = limit - std::min(limit, into.size());
        truncated = truncated || static_cast<std::size_t>(got) > room;
        into.append(piece, std::min(room, static_cast<std::size_t>(got)));
    }
}

// Follows one child from its start to its end.
class Watch {
  public:
    Watch(pid_t child, Descriptor out, Descriptor err, std::size_t limit)
        : child_(child), out_(std::move(out)), err_(std::move(err)), limit_(limit) {
        fcntl(out_.get(), F_SETFL, O_NONBLOCK);
        fcntl(err_.get(), F_SETFL, O_NONBLOCK);
    }

    // True when the child ended before `until`.
    bool follow(Clock::time_point until, const std::stop_token& stop) {
        while (Clock::now() < until && !stop.stop_requested()) {
            int status = 0;
            const pid_t ended = waitpid(child_, &status, WNOHANG);
            collect();
            if (ended == child_) {
                if (WIFEXITED(status))
                    outcome.exit_code = WEXITSTATUS(status);
                else
                    outcome.signal = WTERMSIG(status);
                return true;
            }
            pollfd streams[2] = {{out_.get(), POLLIN, 0}, {err_.get(), POLLIN, 0}};
            poll(streams, 2, static_cast<int>(kLook.count()));
        }
        return false;
    }

    void end(int signal) const { kill(-child_, signal); }

    Outcome outcome;

  private:
    void collect() {
        if (out_.open() && !take(out_, outcome.output, limit_, outcome.truncated)) out_.close();
        if (err_.open() && !take(err_, outcome.errors, limit_, outcome.truncated)) err_.close();
    }
    pid_t child_;
    Descriptor out_;
    Descriptor err_;
    std::size_t limit_;
};

} // namespace

base::Result<Outcome> run(const Command& command, std::stop_token stop) {
    TRY(check(command));
    TRY_VALUE(Pipe in, make_pipe());
    TRY_VALUE(Pipe out, make_pipe());
    TRY_VALUE(Pipe err, make_pipe());
    // Written before the start: a pipe holds it, and a child that does not read it cannot raise SIGPIPE here.
    fcntl(in.writing.get(), F_SETFL, O_NONBLOCK);
    if (!command.input.empty() && ::write(in.writing.get(), command.input.data(), command.input.size()) !=
                                      static_cast<ssize_t>(command.input.size()))
        return system_error("writing the input of " + command.arguments.front());
    TRY_VALUE(const pid_t child, start(command, in, out, err));
    in.writing.close();
    out.writing.close();
    err.writing.close();

    Watch watch(child, std::move(out.reading), std::move(err.reading), command.output_limit);
    const bool ended = watch.follow(Clock::now() + command.timeout, stop);
    if (!ended) {
        watch.outcome.timed_out = !stop.stop_requested();
        watch.end(SIGTERM);
        if (!watch.follow(Clock::now() + kPatience, {})) {
            watch.end(SIGKILL);
            if (!watch.follow(Clock::now() + kPatience, {}))
                return base::unavailable(command.arguments.front() +
                                         " cannot be ended: it is stuck in the kernel");
        }
    }
    // What the child left behind in its group ends with it.
    watch.end(SIGKILL);
    if (!ended && stop.stop_requested()) return base::unavailable(command.arguments.front() + " was stopped");
    return std::move(watch.outcome);
}

} // namespace oakum::system
