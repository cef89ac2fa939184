// SPDX-License-Identifier: Apache-2.0
#include "firmware_process.hpp"

#include "files.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace oakum::agent {
namespace {

constexpr off_t max_log = 256 << 10;
constexpr auto patience = std::chrono::seconds(2);
// A firmware that ends sooner did not come up.
constexpr auto settling = std::chrono::milliseconds(200);

// Only calls that are safe between fork and exec. Writes errno to `tell` when it fails.
[[noreturn]] void become(const char* program, const char* folder, char* const* arguments,
                         char* const* environment, int log, int tell, pid_t parent) {
    ::setsid();
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    ::signal(SIGXFSZ, SIG_DFL);
    const int nothing = ::open("/dev/null", O_RDONLY);
    // The agent may have died before prctl took effect.
    if (::getppid() == parent && nothing >= 0 && ::dup2(nothing, 0) >= 0 && ::dup2(log, 1) >= 0 &&
        ::dup2(log, 2) >= 0 && ::chdir(folder) == 0)
        ::execve(program, arguments, environment);
    const int code = errno;
    const ssize_t written = ::write(tell, &code, sizeof code);
    ::_exit(written == sizeof code ? 127 : 126);
}

} // namespace

base::Status FirmwareProcess::start(const std::filesystem::path& program, const std::filesystem::path& folder,
                                    const Environment& environment) {
    stop();
    ending_.clear();
    const Descriptor log(
        ::open(log_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!log.open()) return system_error("opening " + log_.string());
    int pipe[2];
    if (::pipe2(pipe, O_CLOEXEC) != 0) return system_error("starting the firmware");
    const Descriptor hear(pipe[0]);
    Descriptor tell(pipe[1]);

    const std::string path = program.string();
    const std::string where = folder.string();
    std::vector<std::string> pairs;
    for (const auto& [key, value] : environment)
        pairs.push_back(key + "=" + value);
    std::vector<char*> words;
    for (std::string& pair : pairs)
        words.push_back(pair.data());
    words.push_back(nullptr);
    std::string name = path;
    char* arguments[] = {name.data(), nullptr};

    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child < 0) return system_error("starting the firmware");
    if (child == 0)
        become(path.c_str(), where.c_str(), arguments, words.data(), log.number(), tell.number(), parent);
    tell.close();
    process_ = child;
    int code = 0;
    ssize_t got = 0;
    do {
        got = ::read(hear.number(), &code, sizeof code);
    } while (got < 0 && errno == EINTR);
    if (got != sizeof code) {
        std::this_thread::sleep_for(settling);
        if (!running()) return base::unavailable("the firmware did not stay up: " + ending_);
        return {};
    }
    stop();
    errno = code;
    return system_error("starting " + path);
}

void FirmwareProcess::settle(int status) {
    process_ = -1;
    ending_ = WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status)) + " ended it"
                                  : "it ended with " + std::to_string(WEXITSTATUS(status));
}

bool FirmwareProcess::running() {
    struct stat stats{};
    // Appending goes on at the new end.
    if (::lstat(log_.c_str(), &stats) == 0 && stats.st_size > max_log && ::truncate(log_.c_str(), 0) != 0)
        ending_ = "its output cannot be cut";
    if (process_ < 0) return false;
    int status = 0;
    if (::waitpid(process_, &status, WNOHANG) == process_) {
        ::kill(-process_, SIGKILL);
        settle(status);
    }
    return process_ >= 0;
}

void FirmwareProcess::stop() {
    if (process_ < 0) return;
    ::kill(-process_, SIGTERM);
    const auto until = std::chrono::steady_clock::now() + patience;
    int status = 0;
    for (;;) {
        const pid_t ended = ::waitpid(process_, &status, WNOHANG);
        if (ended == process_ || (ended < 0 && errno != EINTR)) break;
        if (std::chrono::steady_clock::now() >= until) {
            ::kill(-process_, SIGKILL);
            while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
            }
            break;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    // Whoever of its group is left.
    ::kill(-process_, SIGKILL);
    settle(status);
}

std::string FirmwareProcess::log_tail(std::size_t size) {
    const Descriptor in(::open(log_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    struct stat stats{};
    if (!in.open() || ::fstat(in.number(), &stats) != 0 || stats.st_size == 0) return {};
    const off_t from = std::max<off_t>(0, stats.st_size - static_cast<off_t>(size));
    std::string tail(size, '\0');
    const ssize_t got = ::pread(in.number(), tail.data(), tail.size(), from);
    tail.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    if (from > 0 && !tail.empty()) tail.erase(0, std::min(tail.find('\n'), tail.size() - 1) + 1);
    return tail;
}

} // namespace oakum::agent
