// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <base/time.hpp>
#include <cli/key_tools.hpp>
#include <ports/carried_folder.hpp>
#include <ports/clock.hpp>
#include <ports/feed_files.hpp>
#include <ports/fetcher.hpp>
#include <ports/http.hpp>
#include <schedule/zones.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace oakum::cli {

// Where to speak to and as whom; from options, OAKUM_SERVER and OAKUM_TOKEN, or the file that `oakum login`
// wrote.
struct Connection {
    std::string server;         // "https://oakum.example:8443"
    std::string ca_fingerprint; // hexadecimal SHA-256 of the server's CA
    std::string token;
    std::string token_id; // of a token that `oakum login` made
};

// What fetches from publishers without a server, into a folder that is made.
struct FetchSettings {
    std::string folder;
    std::string authorities; // a file of certificates that are trusted beside the machine's; empty: none
    bool own_addresses = false;
};
class Fetching {
  public:
    virtual ~Fetching() = default;
    virtual ports::Fetcher& fetcher() = 0;
    virtual ports::FeedFiles& files() = 0;
    virtual ports::Clock& clock() = 0;
    virtual ports::Random& random() = 0;
};

// Everything of the world that a command touches, so that tests can hold all of it.
struct Console {
    std::function<void(std::string_view)> out;
    std::function<void(std::string_view)> err;
    bool terminal = false; // out is a terminal: widths, progress bars and relative times are for people
    int width = 100;
    std::function<base::TimePoint()> now;
    std::function<base::Result<std::string>(std::string_view prompt, bool secret)> ask;
    std::function<std::optional<std::string>()>
        read_line; // of standard input, without its end; nothing at the end
    std::function<base::Result<std::unique_ptr<ports::HttpClient>>(const Connection&)> connect;
    std::function<base::Result<std::unique_ptr<Fetching>>(const FetchSettings&)> fetching;
    // A folder that is carried; `make`: also when it is not there yet.
    std::function<base::Result<std::unique_ptr<ports::CarriedFolder>>(const std::string& path, bool make)>
        folder;
    std::function<void(base::Duration)> wait;
    std::function<schedule::Zones&()> zones;                  // for `oakum rollout simulate`
    std::function<KeyTools&()> keys;                          // for `oakum key`
    std::function<std::string(const char* name)> environment; // empty when unset
};

// Runs one command line (without the program's name). Exit status: 0 done, 1 failed, 2 the command line is
// wrong, 3 not found, 4 not allowed, 5 in conflict with the present state, 6 the server cannot be reached.
int run(const std::vector<std::string>& arguments, Console& console);

} // namespace oakum::cli
