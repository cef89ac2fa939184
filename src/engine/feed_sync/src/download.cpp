// SPDX-License-Identifier: Apache-2.0
#include "download.hpp"

#include <array>
#include <compression/decompressor.hpp>
#include <json/parse.hpp>
#include <json/writer.hpp>
#include <source/timing.hpp>

#include <algorithm>

namespace oakum::feed_sync {

using ports::FetchAnswer;
using ports::FetchWish;

namespace {

constexpr std::uint64_t kRoomEach = 64 << 20; // bytes after which the room on the disk is looked at again

std::string note_of(const Version& version) {
    std::string text;
    json::Writer(text)
        .begin_object()
        .member("url", version.url)
        .member("etag", version.etag)
        .member("last_modified", version.last_modified)
        .member("complete", version.complete)
        .end_object();
    return text;
}

// A note that cannot be read is none.
Version version_of(const std::string& note) {
    Version version;
    const auto value = json::parse(note);
    if (!value.ok()) return version;
    version.url = value->string_at("url").value_or("");
    version.etag = value->string_at("etag").value_or("");
    version.last_modified = value->string_at("last_modified").value_or("");
    version.complete = value->bool_at("complete").value_or(false);
    return version;
}

// What a rest may be asked for by: a weak ETag names no bytes (RFC 9110, 13.1.5).
std::string by_which(const Version& version) {
    if (!version.etag.empty() && !version.etag.starts_with("W/")) return version.etag;
    return version.last_modified;
}

bool is_for_later(int status) {
    return status == 408 || status == 425 || status == 429 || status >= 500;
}

std::string said(int status) {
    switch (status) {
    case 401:
    case 403:
        return "it refused with status " + std::to_string(status) +
               ": look whether it wants a key, or whether a proxy stands in between";
    case 404:
    case 410:
        return "it answered that there is no such file (status " + std::to_string(status) +
               "): look at the source's address";
    case 429:
        return "it answered that it is asked too often (status 429)";
    default:
        if (status >= 300 && status < 400)
            return "it leads elsewhere (status " + std::to_string(status) +
                   "), which is not followed with a key: set the address that it leads to";
        return "it answered with status " + std::to_string(status);
    }
}

// One request after the other until one is answered for good. `once` makes the wish anew each time.
base::Result<FetchAnswer> ask(Tools& tools, const std::function<base::Result<FetchAnswer>()>& once,
                              Failed& failed) {
    for (unsigned attempt = 1;; ++attempt) {
        auto answer = once();
        std::optional<base::Duration> asked;
        if (answer.ok()) {
            const bool range_gone = answer->status == 416; // begun anew
            if (!is_for_later(answer->status) && !range_gone) return answer;
            failed.why = said(answer->status);
            asked = answer->retry_after;
        } else {
            failed.why = answer.error().message;
            if (answer.error().kind != base::ErrorKind::unavailable) return answer;
        }
        failed.retry_after = asked;
        const bool too_long = asked && *asked > source::kLongestPause;
        if (attempt >= source::kAttempts || too_long || tools.stopped()) return base::unavailable(failed.why);
        tools.pause(source::pause_before_retry(attempt, asked, dice(tools)));
    }
}

// A file that grows as its bytes come.
class Taking {
  public:
    Taking(Tools& tools, const Wanted& wanted, ports::PartialFeed& file)
        : tools_(tools), wanted_(wanted), file_(file), version_(version_of(file.note())) {}

    base::Result<FetchAnswer> once();
    const Version& version() const { return version_; }
    base::Status complete();

  private:
    base::Status begin(const FetchAnswer& answer);
    base::Status piece(base::ByteView bytes);
    base::Status anew();

    Tools& tools_;
    const Wanted& wanted_;
    ports::PartialFeed& file_;
    Version version_;
    std::uint64_t room_ = 0;
    std::optional<std::uint64_t> length_;
};

base::Status Taking::anew() {
    TRY(file_.cut(0));
    version_ = {wanted_.url, "", "", false};
    return file_.set_note(note_of(version_));
}

base::Result<FetchAnswer> Taking::once() {
    const std::string by = by_which(version_);
    const bool usable = version_.url == wanted_.url && !by.empty() && file_.size() > 0;
    if (!usable) TRY(anew());
    TRY_VALUE(room_, tools_.files.room());
    FetchWish wish;
    wish.url = wanted_.url;
    wish.key = wanted_.key;
    wish.largest = tools_.largest;
    length_.reset();
    if (version_.complete) {
        wish.etag = version_.etag;
        wish.last_modified = version_.last_modified;
    } else if (usable) {
        wish.from = file_.size();
        wish.version = by;
    } else {
        wish.etag = wanted_.etag;
        wish.last_modified = wanted_.last_modified;
    }
    const bool conditional = !wish.etag.empty() || !wish.last_modified.empty();
    auto answer = tools_.fetcher.fetch(wish, {[this](const FetchAnswer& a) { return begin(a); },
                                              [this](base::ByteView p) { return piece(p); }, tools_.stopped});
    if (!answer.ok()) return answer;
    if (answer->status == 416) TRY(anew());
    if (answer->status == 304 && !conditional) {
        TRY(anew());
        return base::unavailable("it answered that nothing changed, though nothing was held");
    }
    const bool came = answer->status == 200 || answer->status == 206;
    if (came && length_ && file_.size() != *length_)
        return base::unavailable("it was cut off after " + std::to_string(file_.size()) + " of " +
                                 std::to_string(*length_) + " bytes");
    return answer;
}

base::Status Taking::begin(const FetchAnswer& answer) {
    if (answer.status == 200) {
        TRY(file_.cut(0));
        version_ = {wanted_.url, answer.etag, answer.last_modified, false};
        TRY(file_.set_note(note_of(version_)));
    } else if (!answer.etag.empty() && !version_.etag.empty() && answer.etag != version_.etag) {
        // The rest of another version: what is here is of no use.
        TRY(anew());
        return base::unavailable("it sent a part of another version");
    }
    length_ = answer.length;
    if (length_ && *length_ - std::min(*length_, answer.from) > room_)
        return base::too_large("it has " + std::to_string(*length_ >> 20) +
                               " MiB, and there is no room for it on the disk: free some and sync again");
    return {};
}

base::Status Taking::piece(base::ByteView bytes) {
    const std::uint64_t before = file_.size();
    TRY(file_.write(bytes));
    if (before / kRoomEach != file_.size() / kRoomEach) {
        TRY_VALUE(room_, tools_.files.room());
        if (room_ < kRoomEach)
            return base::too_large("there is no more room on the disk: free some and sync again");
    }
    tools_.tell(wanted_.told, file_.size(), length_.value_or(0));
    return {};
}

base::Status Taking::complete() {
    version_.complete = true;
    return file_.set_note(note_of(version_));
}

} // namespace

std::uint32_t dice(Tools& tools) {
    std::array<std::uint8_t, 4> bytes{};
    tools.random.fill(bytes);
    return static_cast<std::uint32_t>(bytes[0] | bytes[1] << 8 | bytes[2] << 16) |
           static_cast<std::uint32_t>(bytes[3]) << 24;
}

std::string download_name(std::string_view part) {
    std::string name(part);
    for (char& c : name)
        if (c == '/' || c == '%') c = '_';
    return name;
}

std::string file_name_of(std::string_view url) {
    url = url.substr(0, url.find_first_of("?#"));
    const std::string_view name = url.substr(url.find_last_of('/') + 1);
    return name.empty() ? "feed" : std::string(name.substr(0, 200));
}

base::Result<std::optional<Version>> download(Tools& tools, const Wanted& wanted, Failed& failed) {
    TRY_VALUE(const std::unique_ptr<ports::PartialFeed> file, tools.files.resume(wanted.download));
    Taking taking(tools, wanted, *file);
    TRY_VALUE(const FetchAnswer answer, ask(tools, [&] { return taking.once(); }, failed));
    if (answer.status == 304 && !taking.version().complete) return std::optional<Version>();
    if (answer.status != 200 && answer.status != 206 && answer.status != 304)
        return base::invalid(said(answer.status));
    TRY(taking.complete());
    return std::optional(taking.version());
}

base::Result<std::string> download_text(Tools& tools, const Wanted& wanted, std::uint64_t largest,
                                        Failed& failed) {
    std::string text;
    const auto once = [&]() -> base::Result<FetchAnswer> {
        text.clear();
        FetchWish wish;
        wish.url = wanted.url;
        wish.key = wanted.key;
        wish.largest = largest;
        wish.packed = true;
        return tools.fetcher.fetch(wish, {[](const FetchAnswer&) -> base::Status { return {}; },
                                          [&](base::ByteView piece) -> base::Status {
                                              text += base::as_text(piece);
                                              return {};
                                          },
                                          tools.stopped});
    };
    TRY_VALUE(const FetchAnswer answer, ask(tools, once, failed));
    if (answer.status != 200) return base::invalid(said(answer.status));
    if (compression::detect(base::as_bytes(text)) == compression::Encoding::plain) return text;
    compression::Limits limits;
    limits.max_output = largest;
    TRY_VALUE(const base::Bytes unpacked, compression::decompress(base::as_bytes(text), limits));
    return std::string(base::as_text(unpacked));
}

} // namespace oakum::feed_sync
