// SPDX-License-Identifier: Apache-2.0
// oakum: the command line. Introduces the verbs to the terminal and to the HTTP client.
#include "key_tools.hpp"

#include <chrono>
#include <cli/console.hpp>
#include <cstdio>
#include <cstdlib>
#include <feed_files/folder.hpp>
#include <http/client.hpp>
#include <iostream>
#include <outbound/fetcher.hpp>
#include <sys/ioctl.h>
#include <system/carried_folder.hpp>
#include <system/clock.hpp>
#include <termios.h>
#include <thread>
#include <unistd.h>
#include <zones/zone_files.hpp>

namespace {

using namespace oakum;

struct Address {
    std::string host;
    std::uint16_t port = 443;
};

base::Result<Address> parse_address(std::string_view url) {
    constexpr std::string_view scheme = "https://";
    if (!url.starts_with(scheme))
        return base::invalid("the server's address begins with https://, not \"" + std::string(url) + "\"");
    url.remove_prefix(scheme.size());
    while (url.ends_with('/'))
        url.remove_suffix(1);
    Address address;
    const std::size_t colon = url.starts_with('[') ? url.find(':', url.find(']')) : url.rfind(':');
    address.host = std::string(url.substr(0, colon));
    if (address.host.starts_with('[') && address.host.ends_with(']'))
        address.host = address.host.substr(1, address.host.size() - 2);
    if (colon != std::string_view::npos) {
        const std::string port(url.substr(colon + 1));
        const unsigned long number = std::strtoul(port.c_str(), nullptr, 10);
        if (number == 0 || number > 65535) return base::invalid("not a port: \"" + port + "\"");
        address.port = static_cast<std::uint16_t>(number);
    }
    return address;
}

base::Result<std::unique_ptr<ports::HttpClient>> connect(const cli::Connection& connection) {
    TRY_VALUE(const Address address, parse_address(connection.server));
    http::ClientOptions options;
    options.host = address.host;
    options.port = address.port;
    if (connection.ca_fingerprint.empty())
        return base::unauthenticated(
            "the server's CA is not known; give its fingerprint with --ca-fingerprint, as oakumd printed it");
    // With or without the colons that people read it by.
    std::string digits = connection.ca_fingerprint;
    std::erase(digits, ':');
    TRY_VALUE(options.trust.ca_fingerprint, base::Digest256::parse(digits));
    TRY_VALUE(std::unique_ptr<http::Client> client, http::Client::make(std::move(options)));
    return std::unique_ptr<ports::HttpClient>(std::move(client));
}

// What fetches without a server: the proxy is who runs this says it is, by the environment.
class Publishers final : public cli::Fetching {
  public:
    Publishers(outbound::FetcherOptions options, std::unique_ptr<feed_files::FolderFeedFiles> files)
        : fetcher_(std::move(options)), files_(std::move(files)) {}
    ports::Fetcher& fetcher() override { return fetcher_; }
    ports::FeedFiles& files() override { return *files_; }
    ports::Clock& clock() override { return clock_; }
    ports::Random& random() override { return random_; }

  private:
    outbound::CurlFetcher fetcher_;
    std::unique_ptr<feed_files::FolderFeedFiles> files_;
    oakum::system::SystemClock clock_;
    oakum::system::SystemRandom random_;
};

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

constexpr std::uint64_t kLargestFeed = std::uint64_t{2} << 30;

base::Result<std::unique_ptr<cli::Fetching>> fetching(const cli::FetchSettings& settings) {
    outbound::FetcherOptions options;
    options.own_addresses = settings.own_addresses;
    options.authorities = settings.authorities;
    options.proxy = environment("HTTPS_PROXY");
    options.no_proxy = environment("NO_PROXY");
    options.own_addresses_word = "--allow-private";
    options.authorities_word = "--ca FILE";
    options.proxy_word = "HTTPS_PROXY";
    TRY_VALUE(auto files, feed_files::FolderFeedFiles::open(settings.folder, kLargestFeed));
    return std::unique_ptr<cli::Fetching>(std::make_unique<Publishers>(std::move(options), std::move(files)));
}

base::Result<std::string> ask(std::string_view prompt, bool secret) {
    std::fflush(stdout); // what the prompt is about stands before it
    std::cerr << prompt << std::flush;
    termios before{};
    const bool terminal = secret && ::tcgetattr(STDIN_FILENO, &before) == 0;
    if (terminal) {
        termios silent = before;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    std::string line;
    const bool read = static_cast<bool>(std::getline(std::cin, line));
    if (terminal) {
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        std::cerr << "\n";
    }
    if (!read) return base::invalid("nothing was typed");
    return line;
}

// The longest line that is kept; the rest of a longer one is read over, so that its answer is an error.
constexpr std::size_t kLongestLine = 64 << 10;

std::optional<std::string> read_line() {
    std::string line;
    int next = std::getc(stdin);
    if (next == EOF) return std::nullopt;
    for (; next != EOF && next != '\n'; next = std::getc(stdin))
        if (line.size() < kLongestLine) line += static_cast<char>(next);
    return line;
}

int width_of_terminal() {
    winsize size{};
    return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 100;
}

} // namespace

int main(int argc, char** argv) {
    oakum::system::SystemClock clock;
    ctl::FileKeyTools key_tools;
    zones::ZoneFiles zones;
    cli::Console console;
    console.out = [](std::string_view text) {
        std::fwrite(text.data(), 1, text.size(), stdout), std::fflush(stdout);
    };
    console.err = [](std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); };
    console.terminal = ::isatty(STDOUT_FILENO) == 1;
    console.width = width_of_terminal();
    console.now = [&clock] { return clock.now(); };
    console.ask = ask;
    console.read_line = read_line;
    console.connect = connect;
    console.wait = [](base::Duration time) { std::this_thread::sleep_for(time); };
    console.environment = environment;
    console.fetching = fetching;
    console.folder = [](const std::string& path, bool make) {
        return oakum::system::open_carried(path, make ? oakum::system::Make::yes : oakum::system::Make::no);
    };
    console.zones = [&zones]() -> schedule::Zones& { return zones; };
    console.keys = [&key_tools]() -> cli::KeyTools& { return key_tools; };
    return cli::run(std::vector<std::string>(argv + 1, argv + argc), console);
}
