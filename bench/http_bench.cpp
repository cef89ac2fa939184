// SPDX-License-Identifier: Apache-2.0
// LINK: platform_http platform_pki OpenSSL::SSL OpenSSL::Crypto Threads::Threads
//
// The server beside nginx with the same certificates, protocols and bytes, one thread each, alternating in
// one run: a fixed answer over TLS that is kept alive, new connections with client certificates (full and
// resumed), a file, and the memory of idle connections. Rates on a shared machine depend on its other guests
// and on the load generator, so the processor time that the server spends on each request is printed beside
// them. Skips, loudly, without nginx; the rate of the fixed answer needs wrk.
#include <http/client.hpp>
#include <http/multi_client.hpp>
#include <http/server.hpp>
#include <pki/authority.hpp>
#include <pki/request.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <vector>

using namespace oakum;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

namespace {

constexpr const char* kNginx = "/usr/sbin/nginx";
constexpr const char* kWrk = "/usr/bin/wrk";
constexpr const char* kHost = "127.0.0.1";
const std::string kAnswer = R"({"state":"idle","next":"2026-11-22T16:08:00Z","version":41})";
constexpr std::uint64_t kFileBytes = 64 << 20;
constexpr int kRounds = 3;
constexpr std::size_t kWarm = 20; // connections before memory is looked at

[[noreturn]] void fail(const std::string& why) {
    std::fprintf(stderr, "http_bench: %s\n", why.c_str());
    std::exit(1);
}

template <class T> T must(base::Result<T> result) {
    if (!result.ok()) fail(result.error().text());
    return std::move(result).value();
}

std::string read_file(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}
void write_file(const fs::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

struct Material {
    std::string ca_pem;
    std::vector<http::ClientIdentity> devices;
};

Material make_material(const fs::path& folder, int devices) {
    const auto now = std::chrono::time_point_cast<base::Duration>(std::chrono::system_clock::now());
    const pki::Authority authority = must(pki::Authority::make("bench", pki::Serial{1}, now));
    const pki::Authority device_ca = must(pki::Authority::make("bench devices", pki::Serial{2}, now));
    const pki::PrivateKey key = must(pki::PrivateKey::generate(pki::KeyKind::p256));
    const std::vector<std::string> names{kHost};
    write_file(folder / "chain.pem",
               must(authority.issue_server(key, names, pki::Serial{3}, now)) + authority.certificate_pem());
    write_file(folder / "key.pem", must(key.secret_pem()));
    write_file(folder / "devices.pem", device_ca.certificate_pem());
    Material material{authority.certificate_pem(), {}};
    for (int i = 0; i < devices; ++i) {
        const pki::PrivateKey own = must(pki::PrivateKey::generate(pki::KeyKind::p256));
        pki::Serial serial{4};
        serial[14] = static_cast<std::uint8_t>(i >> 8);
        serial[15] = static_cast<std::uint8_t>(i);
        const std::string uri = "urn:oakum:default:d" + std::to_string(i);
        material.devices.push_back(
            {must(device_ca.issue_device(must(pki::make_request(own, "d")), uri, serial,
                                         {now - std::chrono::hours(1), now + std::chrono::hours(24)})),
             must(own.secret_pem())});
    }
    return material;
}

class Fixed final : public ports::HttpHandler {
  public:
    explicit Fixed(fs::path file) : file_(std::move(file)) {}
    std::variant<ports::BufferBody, std::unique_ptr<ports::BodySink>, ports::HttpResponse>
    on_head(const ports::HttpRequest&) override {
        return ports::BufferBody{1024};
    }
    void handle(ports::HttpRequest request, std::function<void(ports::HttpResponse)> respond) override {
        ports::HttpResponse response;
        // nginx names itself and its connection: the same number of bytes here.
        response.headers = {{"Content-Type", "application/json"},
                            {"X-Same-Length-As-Nginx", "0123456789abcdef01234"}};
        if (request.path == "/poll")
            response.body = kAnswer;
        else
            response.body = ports::FileRange{file_, 0, kFileBytes};
        respond(std::move(response));
    }

  private:
    fs::path file_;
};

class Silent final : public base::LogSink {
    void write(base::LogLevel, std::string_view, std::string_view) override {}
};

// A server in a process of its own, so that its time and memory can be told from ours.
struct Process {
    std::string name;
    pid_t id = -1;
    std::uint16_t port = 0;

    double cpu_seconds() const {
        const std::string text = read_file("/proc/" + std::to_string(id) + "/stat");
        unsigned long long user = 0;
        unsigned long long system = 0;
        const char* rest = text.c_str() + text.rfind(')') + 1;
        if (std::sscanf(rest, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &user, &system) != 2)
            fail("reading the time of " + name);
        return static_cast<double>(user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
    }
    double resident_bytes() const {
        const std::string text = read_file("/proc/" + std::to_string(id) + "/status");
        return std::atof(text.c_str() + text.find("RssAnon:") + 8) * 1024;
    }
};

Process start_ours(const fs::path& folder) {
    int ends[2];
    if (pipe(ends) != 0) fail("making a pipe");
    Process process{"oakum", fork(), 0};
    if (process.id != 0) {
        if (read(ends[0], &process.port, sizeof process.port) != sizeof process.port)
            fail("our server did not start");
        return process;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    http::ServerOptions options;
    options.threads = 1;
    options.identity = {read_file(folder / "chain.pem"), read_file(folder / "key.pem"),
                        read_file(folder / "devices.pem")};
    options.limits.connections_per_certificate = 1'000'000;
    options.limits.connections_per_address = 1'000'000;
    options.timeouts.idle = std::chrono::minutes(10);      // as nginx below
    options.timeouts.handshake = std::chrono::seconds(60); // all clients of a loaded machine begin at once
    Fixed handler(folder / "files" / "file");
    Silent log;
    const auto server = must(http::Server::start(options, handler, log));
    const std::uint16_t port = server->port();
    if (write(ends[1], &port, sizeof port) != sizeof port) fail("telling the port");
    for (;;)
        pause();
}

// One that was free a moment ago; nginx says so if it no longer is.
std::uint16_t free_port() {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(socket, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        fail("looking for a free port");
    ::close(socket);
    return ntohs(address.sin_port);
}

Process start_nginx(const fs::path& folder, std::uint16_t port) {
    const std::string at = folder.string();
    std::string temporary;
    for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
        temporary += std::string(kind) + "_temp_path " + at + "/" + kind + ";\n";
    write_file(
        folder / "nginx.conf",
        "daemon off; master_process off; worker_processes 1; pid " + at + "/nginx.pid; error_log " + at +
            "/error.log crit;\nevents { worker_connections 8192; }\nhttp { access_log off; " + temporary +
            "keepalive_requests 1000000000; keepalive_timeout 600; sendfile on;\nserver { listen " + kHost +
            ":" + std::to_string(port) + " ssl backlog=4096; ssl_certificate " + at +
            "/chain.pem; ssl_certificate_key " + at +
            "/key.pem; ssl_protocols TLSv1.2 TLSv1.3; ssl_ecdh_curve X25519:P-256; ssl_client_certificate " +
            at + "/devices.pem; ssl_verify_client optional; ssl_session_timeout 12h; root " + at +
            "/files; default_type application/json;\nlocation = /poll { return 200 '" + kAnswer +
            "'; } } }\n");
    Process process{"nginx", fork(), port};
    if (process.id != 0) return process;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const std::string configuration = at + "/nginx.conf";
    const std::string errors = at + "/error.log";
    execl(kNginx, kNginx, "-e", errors.c_str(), "-p", at.c_str(), "-c", configuration.c_str(),
          static_cast<char*>(nullptr));
    std::_Exit(127);
}

http::ClientOptions options_for(const Process& server, const Material& material, std::size_t device) {
    http::ClientOptions options;
    options.host = kHost;
    options.port = server.port;
    options.trust.ca_pem = material.ca_pem;
    options.identity = material.devices[device % material.devices.size()];
    return options;
}

ports::ClientRequest request_for(const std::string& target) {
    ports::ClientRequest request;
    request.target = target;
    return request;
}

struct Measure {
    double per_second = 0;
    double cpu_microseconds = 0; // of the server, for each
};

// Does `work`, which returns how many it did, and looks at the server before and after.
Measure measure(const Process& server, const std::function<double()>& work) {
    const double cpu = server.cpu_seconds();
    const auto begun = Clock::now();
    const double count = work();
    const double seconds = std::chrono::duration<double>(Clock::now() - begun).count();
    return {count / seconds, (server.cpu_seconds() - cpu) * 1e6 / count};
}

// 64 devices with certificates, each asking again as soon as it is answered; measured once all are connected.
Measure keep_asking(const Process& server, const Material& material, double seconds) {
    constexpr std::size_t kMembers = 64;
    http::MultiClientOptions options;
    options.host = kHost;
    options.port = server.port;
    options.trust.ca_pem = material.ca_pem;
    std::atomic<std::uint64_t> answers{0};
    std::atomic<bool> over{false};
    const auto clients = must(http::MultiClient::start(options)); // ends before what its callbacks use
    std::function<void(std::size_t)> ask = [&](std::size_t member) {
        const auto done = [&, member](base::Result<ports::ClientResponse> answer) {
            if (over) return;
            if (!answer.ok() || answer->body != kAnswer)
                fail(server.name +
                     " does not answer: " + (answer.ok() ? answer->body : answer.error().text()));
            ++answers;
            ask(member);
        };
        if (const auto submitted = clients->submit(member, request_for("/poll"), done); !submitted.ok())
            fail(submitted.error().text());
    };
    for (std::size_t i = 0; i < kMembers; ++i)
        ask(must(clients->add(material.devices[i % material.devices.size()])));
    while (clients->open_connections() < kMembers || answers < 2 * kMembers)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    const Measure result = measure(server, [&] {
        const std::uint64_t before = answers;
        std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
        return static_cast<double>(answers - before);
    });
    over = true;
    return result;
}

double wrk_rate(const Process& server) {
    const std::string command =
        std::string(kWrk) + " -t1 -c64 -d3s https://" + kHost + ":" + std::to_string(server.port) + "/poll";
    FILE* pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) fail("starting wrk");
    double rate = 0;
    char line[512];
    while (std::fgets(line, sizeof line, pipe) != nullptr) {
        if (std::string_view(line).starts_with("Requests/sec:")) rate = std::atof(line + 13);
        if (std::string_view(line).find("Non-2xx") != std::string_view::npos)
            fail("wrk was refused by " + server.name);
    }
    pclose(pipe);
    return rate;
}

enum class Handshake { full, resumed };

// Each connection asks once: with TLS 1.3 a client that never reads would not learn whether it was accepted.
double connect_again(const Process& server, const Material& material, Handshake kind, double seconds) {
    const auto end = Clock::now() + std::chrono::duration<double>(seconds);
    auto client = must(http::Client::make(options_for(server, material, 0)));
    double count = 0;
    for (std::size_t i = 0; Clock::now() < end; ++i) {
        if (kind == Handshake::full) client = must(http::Client::make(options_for(server, material, i)));
        if (must(client->exchange(request_for("/poll"))).status != 200) fail("a connection was refused");
        client->disconnect();
        ++count;
    }
    return count;
}

double download(const Process& server, const Material& material, int times) {
    const auto client = must(http::Client::make(options_for(server, material, 0)));
    double bytes = 0;
    for (int i = 0; i < times; ++i) {
        const auto answer = client->stream(request_for("/file"), [&](base::ByteView piece) -> base::Status {
            bytes += static_cast<double>(piece.size());
            return {};
        });
        if (must(answer).status != 200) fail("the file was not sent");
    }
    if (bytes != static_cast<double>(kFileBytes) * times) fail("the file was cut");
    return bytes / 1e6;
}

// One connection after the other, so that what many handshakes at once need does not count.
double idle_bytes(const Process& server, const Material& material) {
    constexpr std::size_t kIdle = 1000;
    http::MultiClientOptions options;
    options.host = kHost;
    options.port = server.port;
    options.trust.ca_pem = material.ca_pem;
    options.keep_alive = std::chrono::hours(1);
    std::atomic<std::size_t> answers{0};
    const auto clients = must(http::MultiClient::start(options));
    const auto connect = [&](std::size_t number) {
        const auto member = must(clients->add(material.devices[number % material.devices.size()]));
        const auto done = [&](base::Result<ports::ClientResponse> answer) {
            if (!answer.ok()) fail(server.name + ": " + answer.error().text());
            ++answers;
        };
        if (const auto submitted = clients->submit(member, request_for("/poll"), done); !submitted.ok())
            fail(submitted.error().text());
        while (answers <= number)
            std::this_thread::sleep_for(std::chrono::microseconds(200));
    };
    for (std::size_t i = 0; i < kWarm; ++i)
        connect(i);
    const double before = server.resident_bytes();
    for (std::size_t i = kWarm; i < kWarm + kIdle; ++i)
        connect(i);
    return (server.resident_bytes() - before) / static_cast<double>(kIdle);
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

// Alternates between the two and prints the medians.
void compare(const char* what, const char* unit, const std::vector<Process>& servers,
             const std::function<Measure(const Process&)>& once) {
    std::vector<std::vector<double>> rates(servers.size());
    std::vector<std::vector<double>> costs(servers.size());
    for (int round = 0; round < kRounds; ++round) {
        for (std::size_t i = 0; i < servers.size(); ++i) {
            const Measure result = once(servers[i]);
            rates[i].push_back(result.per_second);
            costs[i].push_back(result.cpu_microseconds);
        }
    }
    const double ours = median(rates[0]);
    const double theirs = median(rates[1]);
    std::printf("| %s | %.0f %s | %.0f %s | %.2f | %.1f us | %.1f us | %.2f |\n", what, ours, unit, theirs,
                unit, ours / theirs, median(costs[0]), median(costs[1]), median(costs[1]) / median(costs[0]));
    std::fflush(stdout);
}

} // namespace

int main() {
    if (access(kNginx, X_OK) != 0) {
        std::printf("SKIPPED: http_bench compares with nginx, which is not installed (apt-get install "
                    "nginx-light wrk)\n");
        return 0;
    }
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    signal(SIGPIPE, SIG_IGN);
    char name[] = "/tmp/oakum-http-bench-XXXXXX";
    const fs::path folder = mkdtemp(name);
    fs::create_directories(folder / "files");
    write_file(folder / "files" / "file", std::string(kFileBytes, 'x'));
    const Material material = make_material(folder, 64);
    const Process ours = start_ours(folder);
    const Process nginx = start_nginx(folder, free_port());
    const std::vector<Process> servers{ours, nginx};
    for (int i = 0; i < 100; ++i) {
        const auto client = must(http::Client::make(options_for(nginx, material, 0)));
        if (client->exchange(request_for("/poll")).ok()) break;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }

    std::printf(
        "| what | oakum | nginx | ratio | CPU oakum | CPU nginx | ratio |\n|---|---|---|---|---|---|---|\n");
    // First, while neither server holds memory from earlier rows.
    const double our_idle = idle_bytes(ours, material);
    const double their_idle = idle_bytes(nginx, material);
    if (access(kWrk, X_OK) == 0) {
        compare("fixed answer, TLS kept alive, 64 connections, wrk", "/s", servers,
                [&](const Process& server) {
                    const double cpu = server.cpu_seconds();
                    const double rate = wrk_rate(server);
                    return Measure{rate, (server.cpu_seconds() - cpu) * 1e6 / (rate * 3)};
                });
    } else {
        std::printf("SKIPPED: the rate under wrk, which is not installed (apt-get install wrk)\n");
    }
    compare("the same, each connection with a client certificate", "/s", servers,
            [&](const Process& server) { return keep_asking(server, material, 2); });
    compare("new connection with client certificate, full handshake", "/s", servers,
            [&](const Process& server) {
                return measure(server, [&] { return connect_again(server, material, Handshake::full, 2); });
            });
    compare("new connection with client certificate, resumed", "/s", servers, [&](const Process& server) {
        return measure(server, [&] { return connect_again(server, material, Handshake::resumed, 2); });
    });
    compare("file of 64 MiB over TLS", "MB/s", servers, [&](const Process& server) {
        return measure(server, [&] { return download(server, material, 5); });
    });
    std::printf(
        "| memory of an idle TLS connection with client certificate | %.1f KiB | %.1f KiB | | | | |\n",
        our_idle / 1024, their_idle / 1024);

    for (const Process& server : servers) {
        kill(server.id, SIGKILL);
        waitpid(server.id, nullptr, 0);
    }
    std::error_code ignored;
    fs::remove_all(folder, ignored);
    return 0;
}
