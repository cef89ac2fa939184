// SPDX-License-Identifier: Apache-2.0
// NVD's CVE API 2.0: pages of at most 2,000 records, all of them at first and then what changed since, in
// windows of at most 120 days. Pages are packed one behind the other into one file; what changed is appended
// to what is held, where of two records with one id the newer counts.
#include "download.hpp"

#include <compression/decompressor.hpp>
#include <json/parse.hpp>
#include <json/writer.hpp>
#include <source/windows.hpp>
#include <source_pages/nvd_page.hpp>

#include <algorithm>

namespace oakum::feed_sync {

using source::Source;
using source::Window;

namespace {

constexpr std::uint64_t kPage = 2'000;
constexpr std::uint64_t kLargestPage = std::uint64_t{256} << 20;
constexpr base::Duration kStillUsed =
    std::chrono::hours(24); // for how long a walk that was cut off is gone on with

// How far a walk is; kept as the download's note.
struct Place {
    std::string url; // of the API
    bool whole = true;
    base::TimePoint since{}, until{}; // of what changed; until: also when it was begun
    std::uint64_t window = 0, next = 0, total = 0, size = 0;
};

std::string note_of(const Place& place) {
    std::string text;
    json::Writer(text)
        .begin_object()
        .member("url", place.url)
        .member("whole", place.whole)
        .member("since", base::to_iso8601(place.since))
        .member("until", base::to_iso8601(place.until))
        .member("window", place.window)
        .member("next", place.next)
        .member("total", place.total)
        .member("size", place.size)
        .end_object();
    return text;
}

std::optional<Place> place_of(const std::string& note) {
    const auto value = json::parse(note);
    if (!value.ok()) return std::nullopt;
    const auto read = [&]() -> base::Result<Place> {
        Place place;
        TRY_VALUE(place.url, value->string_at("url"));
        TRY_VALUE(place.whole, value->bool_at("whole"));
        TRY_VALUE(const std::string since, value->string_at("since"));
        TRY_VALUE(const std::string until, value->string_at("until"));
        TRY_VALUE(place.since, base::parse_time(since));
        TRY_VALUE(place.until, base::parse_time(until));
        TRY_VALUE(place.window, value->uint_at("window"));
        TRY_VALUE(place.next, value->uint_at("next"));
        TRY_VALUE(place.total, value->uint_at("total"));
        TRY_VALUE(place.size, value->uint_at("size"));
        return place;
    };
    auto place = read();
    return place.ok() ? std::optional(*place) : std::nullopt;
}

class NvdWalk {
  public:
    NvdWalk(Tools& tools, const Source& source, const PartState* held)
        : tools_(tools), source_(source), held_(held) {}

    base::Status run(Fetched& fetched, Failed& failed);

  private:
    base::Status begin();
    base::Status window(const Window* window, Failed& failed);
    base::Result<source_pages::NvdPage> page(const Window* window, Failed& failed);
    std::string url(const Window* window) const;

    Tools& tools_;
    const Source& source_;
    const PartState* held_;
    std::unique_ptr<ports::PartialFeed> file_;
    Place place_;
    std::uint64_t records_ = 0; // that came, of all windows
    bool asked_ = false;        // a pause comes before the next request
};

// What was cut off is gone on with while it is what would be begun now.
base::Status NvdWalk::begin() {
    const base::TimePoint now = tools_.clock.now();
    Place fresh;
    fresh.url = source_.url;
    fresh.until = now;
    fresh.whole = !is_here(tools_, held_) || !held_->until || !held_->whole_at ||
                  now - *held_->whole_at > source::kWholeAnew || *held_->whole_at > now;
    if (!fresh.whole) fresh.since = *held_->until;
    TRY_VALUE(file_, tools_.files.resume(download_name(source_.name)));
    const auto cut_off = place_of(file_->note());
    if (cut_off && cut_off->url == fresh.url && cut_off->whole == fresh.whole &&
        cut_off->since == fresh.since && cut_off->until <= now && now - cut_off->until < kStillUsed &&
        cut_off->size <= file_->size()) {
        place_ = *cut_off;
        return file_->cut(place_.size);
    }
    place_ = fresh;
    TRY(file_->cut(0));
    if (!place_.whole)
        TRY(tools_.files.read(held_->kept, [this](base::ByteView piece) { return file_->write(piece); }));
    place_.size = file_->size();
    return file_->set_note(note_of(place_));
}

std::string NvdWalk::url(const Window* window) const {
    std::string url = source_.url + (source_.url.find('?') == std::string::npos ? "?" : "&") +
                      "resultsPerPage=" + std::to_string(kPage) +
                      "&startIndex=" + std::to_string(place_.next);
    if (window != nullptr)
        url += "&lastModStartDate=" + base::to_iso8601(window->from) +
               "&lastModEndDate=" + base::to_iso8601(window->to);
    return url;
}

base::Result<source_pages::NvdPage> NvdWalk::page(const Window* window, Failed& failed) {
    if (asked_ && source_.pause.count() > 0) tools_.pause(source_.pause);
    asked_ = true;
    Wanted wanted;
    wanted.url = url(window);
    if (!source_.key.empty()) wanted.key = {"apiKey", source_.key};
    TRY_VALUE(const std::string text, download_text(tools_, wanted, kLargestPage, failed));
    TRY_VALUE(const source_pages::NvdPage page, source_pages::read_nvd_page(text));
    if (page.start != place_.next) return base::invalid("it answered with another page than was asked for");
    TRY_VALUE(const std::uint64_t room, tools_.files.room());
    if (room < kLargestPage)
        return base::too_large("there is no more room on the disk: free some and sync again");
    if (page.results > 0) {
        TRY_VALUE(const base::Bytes packed, compression::gzip_member(base::as_bytes(text + "\n")));
        TRY(file_->write(packed));
    }
    return page;
}

base::Status NvdWalk::window(const Window* window, Failed& failed) {
    for (;;) {
        TRY_VALUE(const source_pages::NvdPage got, page(window, failed));
        place_.next += got.results;
        place_.total = got.total;
        place_.size = file_->size();
        records_ += got.results;
        const bool last = place_.next >= got.total;
        if (!last && got.results == 0) return base::unavailable("it sent an empty page before the last");
        if (last) {
            ++place_.window;
            place_.next = 0;
        }
        TRY(file_->set_note(note_of(place_)));
        tools_.tell(source_.name, last ? got.total : place_.next, got.total);
        if (last) return {};
        if (tools_.stopped()) return base::unavailable("it was stopped");
    }
}

base::Status NvdWalk::run(Fetched& fetched, Failed& failed) {
    TRY(begin());
    const std::uint64_t at_first = place_.window;
    if (place_.whole) {
        if (place_.window == 0) TRY(window(nullptr, failed));
    } else {
        const std::vector<Window> windows = source::windows_since(place_.since, place_.until);
        while (place_.window < windows.size())
            TRY(window(&windows[place_.window], failed));
    }
    fetched.whole = place_.whole;
    fetched.state = held_ != nullptr ? *held_ : PartState{};
    fetched.state.url = source_.url;
    fetched.state.until = place_.until;
    if (place_.whole) {
        fetched.state.whole_at = place_.until;
        fetched.records_before = fetched.state.whole_records;
        fetched.state.whole_records = place_.total;
    }
    if (!place_.whole && records_ == 0 && at_first == 0) {
        fetched.same = true;
        TRY(file_->cut(0));
        return file_->set_note("");
    }
    TRY_VALUE(fetched.incoming, file_->finish());
    return {};
}

} // namespace

void walk_nvd(Tools& tools, const Source& source, const SourceState& held, Walked& walked) {
    walk_part(source, held, "nvd.json.gz", walked,
              [&](const PartState* part, Fetched& fetched, Failed& failed) {
                  return NvdWalk(tools, source, part).run(fetched, failed);
              });
}

} // namespace oakum::feed_sync
