// SPDX-License-Identifier: Apache-2.0
#include "hawkbit_reader.hpp"

#include <algorithm>
#include <fstream>

namespace oakum::cli {
namespace {

constexpr unsigned kTries = 6;
constexpr auto kLongestWait = std::chrono::seconds(60);

bool is_worth_another_try(int status) {
    return status == 408 || status == 429 || status >= 500;
}

base::Error refusal(const std::string& path, int status) {
    const std::string what = "hawkBit answers " + std::to_string(status) + " to " + path;
    if (status == 401) return base::unauthenticated(what + ": look at the user and the password");
    if (status == 403) return base::denied(what + ": the user may not read that");
    if (status == 404) return base::not_found(what);
    if (status >= 300 && status < 400)
        return base::invalid(what +
                             ", which leads elsewhere: a password goes to no other place than the one that "
                             "was named; name the address that it leads to");
    return base::invalid(what);
}

} // namespace

base::Result<HawkbitReader> HawkbitReader::open(ports::Fetcher& fetcher, Console& console, std::string url,
                                                std::string authorization) {
    while (url.ends_with('/'))
        url.pop_back();
    if (url.ends_with("/rest/v1")) url.resize(url.size() - std::string_view("/rest/v1").size());
    if (!url.starts_with("https://") && !url.starts_with("http://"))
        return base::invalid("the address of a hawkBit is https://HOST[:PORT], not \"" + url + "\"");
    if (url.find_first_of("@?# ") != std::string::npos)
        return base::invalid(
            "an address without user, query and spaces is needed: what signs in stands in a file");
    return HawkbitReader(fetcher, console, std::move(url), std::move(authorization));
}

base::Status HawkbitReader::patiently(const std::string& path, const std::function<ports::FetchWish()>& wish,
                                      const ports::Fetcher::Taker& taker) {
    base::Duration pause = std::chrono::seconds(1);
    for (unsigned tries = 1;; ++tries) {
        const auto answer = fetcher_.fetch(wish(), taker);
        if (answer.ok() && (answer->status == 200 || answer->status == 206)) return {};
        base::Error error = answer.ok() ? refusal(path, answer->status) : answer.error();
        if (answer.ok() && is_worth_another_try(answer->status))
            error = base::unavailable("hawkBit answers " + std::to_string(answer->status) + " to " + path);
        if (error.kind != base::ErrorKind::unavailable) return error;
        if (tries >= kTries)
            return std::move(error).wrap("after " + std::to_string(kTries) +
                                         " tries; run it again, it goes on where it was");
        base::Duration wait = pause;
        if (answer.ok() && answer->retry_after) wait = std::max(wait, *answer->retry_after);
        console_.wait(std::min<base::Duration>(wait, kLongestWait));
        pause *= 2;
    }
}

base::Result<std::string> HawkbitReader::get(const std::string& path) {
    std::string body;
    const auto wish = [&] {
        ports::FetchWish asked;
        asked.url = url_ + path;
        asked.key = {"Authorization", authorization_};
        asked.largest = hawkbit_pages::kMaxPage;
        return asked;
    };
    TRY(patiently(path, wish,
                  {.begin =
                       [&](const ports::FetchAnswer&) {
                           body.clear();
                           return base::Status();
                       },
                   .piece =
                       [&](base::ByteView piece) {
                           body += base::as_text(piece);
                           return base::Status();
                       },
                   .stopped = [] { return false; }}));
    return body;
}

base::Status HawkbitReader::download(const std::string& path, const std::filesystem::path& file,
                                     std::uint64_t size) {
    std::ofstream out;
    const auto wish = [&] {
        std::error_code none;
        const auto held = std::filesystem::file_size(file, none);
        ports::FetchWish asked;
        asked.url = url_ + path;
        asked.key = {"Authorization", authorization_};
        asked.largest = size;
        asked.from = none || held >= size ? 0 : held;
        return asked;
    };
    TRY(patiently(path, wish,
                  {.begin = [&](const ports::FetchAnswer& answer) -> base::Status {
                       out.close();
                       out.clear();
                       out.open(file, std::ios::binary | (answer.from > 0 ? std::ios::app : std::ios::trunc));
                       if (!out) return base::invalid("cannot write " + file.string());
                       return {};
                   },
                   .piece = [&](base::ByteView piece) -> base::Status {
                       const std::string_view text = base::as_text(piece);
                       out.write(text.data(), static_cast<std::streamsize>(text.size()));
                       out.flush();
                       if (!out) return base::invalid("cannot write all of " + file.string());
                       return {};
                   },
                   .stopped = [] { return false; }}));
    out.close();
    if (!out) return base::invalid("cannot write all of " + file.string());
    return {};
}

std::string HawkbitReader::page_path(const std::string& path, std::uint64_t offset) {
    return path + "?offset=" + std::to_string(offset) + "&limit=500";
}
base::Error HawkbitReader::ended_early(const std::string& path) {
    return base::unavailable("the list " + path +
                             " ends before as many came as it says that it has; run it again");
}
base::Error HawkbitReader::repeats(const std::string& path) {
    return base::invalid("the pages of " + path + " repeat: its list would not end");
}
base::Error HawkbitReader::too_many(const std::string& path) {
    return base::too_large("the list " + path + " has more than 5,000,000 records");
}

} // namespace oakum::cli
