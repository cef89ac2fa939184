// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/fetcher.hpp>

#include <atomic>
#include <chrono>
#include <string>

namespace oakum::outbound {

struct FetcherOptions {
    // Whether addresses of this machine and of private networks may be reached, also without TLS. A key goes
    // without TLS to none but those.
    bool own_addresses = false;
    std::string proxy{};       // "http://proxy:3128"; empty: none
    std::string no_proxy{};    // hosts and domains that are reached without it, separated by commas; "*": all
    std::string authorities{}; // a file of certificates that are trusted beside the machine's; empty: none
    std::chrono::seconds connect_timeout{10}, silence{60}, whole{7'200};
    long most_redirects = 5;
    // What this program calls those above, for errors that say what to do.
    std::string own_addresses_word = "oakumd --allow-private-sources";
    std::string authorities_word = "oakumd --source-ca FILE";
    std::string proxy_word = "oakumd --proxy";
};

// By libcurl. The address that a socket is connected to is the one that is looked at; where a proxy is used,
// which only who starts the program can say, it is the proxy that decides.
class CurlFetcher final : public ports::Fetcher {
  public:
    explicit CurlFetcher(FetcherOptions options);
    ~CurlFetcher() override;
    CurlFetcher(const CurlFetcher&) = delete;
    CurlFetcher& operator=(const CurlFetcher&) = delete;

    base::Result<ports::FetchAnswer> fetch(const ports::FetchWish& wish, const Taker& taker) override;
    // What is under way ends, and nothing begins any more. Any thread.
    void stop() { ending_ = true; }

  private:
    const FetcherOptions options_;
    std::atomic<bool> ending_{false};
};

// Whether a host is among those of NO_PROXY: itself, or below a domain that is named there.
bool is_without_proxy(std::string_view host, std::string_view no_proxy);

} // namespace oakum::outbound
