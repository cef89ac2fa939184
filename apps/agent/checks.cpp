// SPDX-License-Identifier: Apache-2.0
#include "checks.hpp"

#include <system/process.hpp>

#include <algorithm>
#include <arpa/inet.h>
#include <chrono>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace oakum::agent {
namespace {

constexpr base::Duration patience = std::chrono::seconds(10);
constexpr std::size_t max_output = 300;
constexpr std::size_t max_log_tail = 500;

// Text from a program for a report: printable, at most `size` bytes of its end.
std::string tail(const std::string& text, std::size_t size) {
    std::string end = text.size() > size ? text.substr(text.size() - size) : text;
    std::ranges::replace_if(
        end,
        [](char c) {
            return (static_cast<unsigned char>(c) < 0x20 && c != '\n') ||
                   static_cast<unsigned char>(c) > 0x7E;
        },
        '?');
    while (!end.empty() && end.back() == '\n')
        end.pop_back();
    return end;
}

// What is wrong; empty: nothing.
std::string run_check(system::Command command, const std::string& name) {
    command.timeout = patience;
    command.output_limit = 4096;
    const auto outcome = system::run(command);
    if (!outcome.ok()) return name + ": " + outcome.error().text();
    if (outcome->succeeded()) return {};
    std::string what = name;
    if (outcome->timed_out)
        what += " did not end in time";
    else if (outcome->exit_code)
        what += " ended with " + std::to_string(*outcome->exit_code);
    else
        what += " was ended by signal " + std::to_string(outcome->signal);
    const std::string said = tail(outcome->output + outcome->errors, max_output);
    if (!said.empty()) what += ": " + said;
    return what;
}

} // namespace

namespace {

// One connection to this machine, with one deadline for all of it: a service that dribbles bytes must not
// hold up its own check.
class LocalConnection {
  public:
    LocalConnection(std::uint16_t port, base::Duration timeout)
        : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
          until_(std::chrono::steady_clock::now() + timeout), port_(port) {}
    base::Status connect() {
        if (!socket_.open()) return system_error("making a socket");
        limit_next();
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port_);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(socket_.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
            return system_error("connecting to 127.0.0.1");
        return {};
    }
    base::Status send(std::string_view text) {
        if (::send(socket_.number(), text.data(), text.size(), MSG_NOSIGNAL) !=
            static_cast<ssize_t>(text.size()))
            return system_error("sending");
        return {};
    }
    // Nothing more comes, or not in time: false.
    bool receive(std::string& into) {
        char buffer[512];
        limit_next();
        const ssize_t got = ::recv(socket_.number(), buffer, sizeof buffer, 0);
        if (got <= 0 || late()) return false;
        into.append(buffer, static_cast<std::size_t>(got));
        return true;
    }
    bool late() const { return std::chrono::steady_clock::now() >= until_; }

  private:
    void limit_next() {
        const auto left = std::max<std::int64_t>(
            1,
            std::chrono::ceil<std::chrono::milliseconds>(until_ - std::chrono::steady_clock::now()).count());
        timeval limit{};
        limit.tv_sec = left / 1000;
        limit.tv_usec = static_cast<suseconds_t>(left % 1000 * 1000);
        ::setsockopt(socket_.number(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        ::setsockopt(socket_.number(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    }
    Descriptor socket_;
    std::chrono::steady_clock::time_point until_;
    std::uint16_t port_;
};

constexpr std::size_t status_line = 12; // "HTTP/1.1 200"
constexpr std::size_t max_answer = 4096;

// The answer, of which at least the status was read. Errors: unavailable.
base::Result<std::string> ask_local(std::uint16_t port, const std::string& path, base::Duration timeout,
                                    std::size_t wanted) {
    const std::string where = "GET 127.0.0.1:" + std::to_string(port) + path;
    LocalConnection connection(port, timeout);
    if (auto done = connection.connect(); !done.ok()) return std::move(done).error().wrap(where);
    if (auto done = connection.send("GET " + path + " HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n"); !done.ok())
        return std::move(done).error().wrap(where);
    std::string answer;
    while (answer.size() < wanted && connection.receive(answer)) {
    }
    if (answer.size() < status_line || connection.late()) return base::unavailable(where + ": no answer");
    if (answer.starts_with("HTTP/1.") && answer[8] == ' ' && answer[9] == '2') return answer;
    return base::unavailable(where + ": " + tail(answer.substr(0, 40), 40));
}

} // namespace

base::Status connect_local(std::uint16_t port, base::Duration timeout) {
    return LocalConnection(port, timeout).connect();
}

base::Status get_local(std::uint16_t port, const std::string& path, base::Duration timeout) {
    TRY(ask_local(port, path, timeout, status_line));
    return {};
}

base::Result<std::string> fetch_local(std::uint16_t port, const std::string& path, base::Duration timeout) {
    TRY_VALUE(const std::string answer, ask_local(port, path, timeout, max_answer));
    const std::size_t head = answer.find("\r\n\r\n");
    if (head == std::string::npos || answer.size() >= max_answer)
        return base::unavailable("GET 127.0.0.1:" + std::to_string(port) + path + ": its answer has no end");
    return answer.substr(head + 4);
}

updates::HealthState Checks::ill(std::string what) {
    const std::string log = tail(process_.log_tail(max_log_tail), max_log_tail);
    if (!log.empty()) what += "\nits output ended with:\n" + log;
    return {false, std::move(what)};
}

updates::HealthState Checks::check() {
    if (!process_.running()) return ill("the firmware does not run: " + process_.ending());
    if (!config_.health_command.empty()) {
        system::Command command;
        command.arguments = config_.health_command;
        command.arguments.front() = (slots_.root() / command.arguments.front()).string();
        command.environment = slots_.environment();
        command.folder = slots_.root();
        if (std::string what = run_check(std::move(command), config_.health_command.front()); !what.empty())
            return ill(std::move(what));
    }
    if (config_.health_port != 0) {
        const auto answered = get_local(config_.health_port, config_.health_path, patience);
        if (!answered.ok()) return ill(answered.error().text());
    }
    if (std::string what = look_at_services(config_.services); !what.empty()) return ill(std::move(what));
    return {true, ""};
}

updates::HealthState HostChecks::check() {
    if (!config_.health_command.empty() && config_.health_command.front().starts_with('/')) {
        system::Command command;
        command.arguments = config_.health_command;
        command.environment = {{"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"}};
        if (std::string what = run_check(std::move(command), config_.health_command.front()); !what.empty())
            return {false, std::move(what)};
    }
    if (config_.health_port != 0) {
        const auto answered = get_local(config_.health_port, config_.health_path, patience);
        if (!answered.ok()) return {false, answered.error().text()};
    }
    if (std::string what = look_at_services(config_.services); !what.empty()) return {false, std::move(what)};
    return {true, ""};
}

} // namespace oakum::agent
