// SPDX-License-Identifier: Apache-2.0
// A provider of CSAF documents (CSAF 2.0, section 7.1): its provider-metadata.json names the listings, a
// listing names documents with the time of their last change, and each document is a request of its own. They
// are packed one behind the other into one file, in the order of those times; what changed is appended to
// what is held, where of two revisions of a document the newer counts.
#include "download.hpp"

#include <base/digest.hpp>
#include <compression/decompressor.hpp>
#include <json/parse.hpp>
#include <json/writer.hpp>
#include <source/windows.hpp>
#include <source_pages/csaf_provider.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace oakum::feed_sync {

using source::Source;
using source_pages::CsafEntries;
using source_pages::CsafEntry;
using source_pages::CsafListing;

namespace {

constexpr std::uint64_t kLargestListing = std::uint64_t{128} << 20;
constexpr std::uint64_t kLargestDocument = std::uint64_t{64} << 20;
constexpr std::size_t kMostMissing =
    100; // documents that are listed and cannot be had; more: something is wrong
constexpr std::size_t kMostDocuments = 500'000;
constexpr std::size_t kMostMarks = 400;
// A listing may name a document later than its time says: so long back it is looked at again.
constexpr base::Duration kLookBack = std::chrono::hours(48);
constexpr base::Duration kStillUsed = std::chrono::hours(24);

// How far a walk is; kept as the download's note. A document that is listed meanwhile with a time before this
// place is found when everything is fetched anew.
struct Place {
    std::string provider;
    bool whole = true;
    base::TimePoint since{}, begun{};
    base::TimePoint updated{}; // of the last document that was taken or left out
    std::string url;
    std::uint64_t taken = 0, size = 0;
    std::vector<std::string> missing;
};

std::string note_of(const Place& place) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object()
        .member("provider", place.provider)
        .member("whole", place.whole)
        .member("since", base::to_iso8601(place.since))
        .member("begun", base::to_iso8601(place.begun))
        .member("updated", base::to_iso8601(place.updated))
        .member("url", place.url)
        .member("taken", place.taken)
        .member("size", place.size)
        .key("missing")
        .begin_array();
    for (const std::string& url : place.missing)
        writer.value(url);
    writer.end_array().end_object();
    return text;
}

base::Result<base::TimePoint> time_at(const json::Value& value, std::string_view name) {
    TRY_VALUE(const std::string text, value.string_at(name));
    return base::parse_time(text);
}

std::optional<Place> place_of(const std::string& note) {
    const auto value = json::parse(note);
    if (!value.ok()) return std::nullopt;
    const auto read = [&]() -> base::Result<Place> {
        Place place;
        TRY_VALUE(place.provider, value->string_at("provider"));
        TRY_VALUE(place.whole, value->bool_at("whole"));
        TRY_VALUE(place.since, time_at(*value, "since"));
        TRY_VALUE(place.begun, time_at(*value, "begun"));
        TRY_VALUE(place.updated, time_at(*value, "updated"));
        TRY_VALUE(place.url, value->string_at("url"));
        TRY_VALUE(place.taken, value->uint_at("taken"));
        TRY_VALUE(place.size, value->uint_at("size"));
        TRY_VALUE(const json::Value missing, value->array_at("missing", kMostMissing));
        for (const json::Value& each : missing.items()) {
            TRY_VALUE(std::string url, each.as_string());
            place.missing.push_back(std::move(url));
        }
        return place;
    };
    auto place = read();
    return place.ok() ? std::optional(*std::move(place)) : std::nullopt;
}

bool is_before(const CsafEntry& a, const CsafEntry& b) {
    return a.updated != b.updated ? a.updated < b.updated : a.url < b.url;
}

// Names one revision of a document among those that were seen lately.
std::string mark_of(const CsafEntry& entry) {
    base::Sha256 hash;
    hash.update(entry.url + "\n" + base::to_iso8601(entry.updated));
    return hash.finish().hex().substr(0, 16);
}

std::set<std::string> marks_in(const std::string& text) {
    std::set<std::string> marks;
    for (std::size_t at = 0; at + 16 <= text.size(); at += 16)
        marks.insert(text.substr(at, 16));
    return marks;
}

std::string server_of(const std::string& url) {
    const std::size_t server = url.find("://");
    return server == std::string::npos ? std::string() : url.substr(0, url.find_first_of("/?", server + 3));
}

class CsafWalk {
  public:
    CsafWalk(Tools& tools, const Source& source, const PartState* held)
        : tools_(tools), source_(source), held_(held) {}

    base::Status run(Fetched& fetched, Failed& failed);
    const std::vector<std::string>& missing() const { return place_.missing; }
    std::size_t listed() const { return listed_.size(); }

  private:
    base::Result<std::string> text(const std::string& url, std::uint64_t largest, Failed& failed);
    base::Status list(Failed& failed);
    base::Status begin();
    std::vector<CsafEntry> wanted() const;
    base::Status take(const CsafEntry& entry, Failed& failed);
    void remember(PartState& state) const;

    Tools& tools_;
    const Source& source_;
    const PartState* held_;
    std::vector<CsafEntry> listed_; // in the order of their times
    std::unique_ptr<ports::PartialFeed> file_;
    Place place_;
    bool asked_ = false; // a pause comes before the next request
};

// Its key goes to the source's own server alone.
base::Result<std::string> CsafWalk::text(const std::string& url, std::uint64_t largest, Failed& failed) {
    if (!source_.url.starts_with("http://") && !url.starts_with("https://"))
        return base::invalid("it leads to an address without TLS: " + url.substr(0, 200));
    if (asked_ && source_.pause.count() > 0) tools_.pause(source_.pause);
    asked_ = true;
    Wanted wanted;
    wanted.url = url;
    if (!source_.key.empty() && server_of(url) == server_of(source_.url))
        wanted.key = {"Authorization", "Bearer " + source_.key};
    return download_text(tools_, wanted, largest, failed);
}

// Either kind of listing is complete where it is offered (7.1.11 and 7.1.15); a feed is one request. With a
// key what only some may read is asked for too.
base::Status CsafWalk::list(Failed& failed) {
    TRY_VALUE(const std::string provider, text(source_.url, kLargestListing, failed));
    TRY_VALUE(const std::vector<CsafListing> listings, source_pages::read_csaf_provider(provider));
    const auto is_read = [&](const CsafListing& listing, CsafListing::Kind kind) {
        return listing.kind == kind && (!listing.restricted || !source_.key.empty());
    };
    const bool feeds = std::ranges::any_of(
        listings, [&](const CsafListing& one) { return is_read(one, CsafListing::Kind::rolie); });
    std::map<std::string, base::TimePoint> newest;
    bool any = false;
    for (const CsafListing& listing : listings) {
        if (!is_read(listing, feeds ? CsafListing::Kind::rolie : CsafListing::Kind::directory)) continue;
        any = true;
        TRY_VALUE(const std::string listed,
                  text(feeds ? listing.url : listing.url + "/changes.csv", kLargestListing, failed));
        TRY_VALUE(const CsafEntries entries, feeds ? source_pages::read_rolie(listed)
                                                   : source_pages::read_csaf_changes(listed, listing.url));
        if (!entries.left_out.empty())
            return base::invalid("the listing " + listing.url +
                                 " cannot be read whole: " + entries.left_out.front());
        for (const CsafEntry& entry : entries.entries) {
            if (newest.size() >= kMostDocuments)
                return base::too_large("it lists more than 500,000 documents");
            base::TimePoint& known = newest.try_emplace(entry.url, entry.updated).first->second;
            known = std::max(known, entry.updated);
        }
    }
    if (!any) return base::invalid("its listings are for those who have a key: set the source's key");
    if (newest.empty()) return base::invalid("it lists no document");
    for (const auto& [url, updated] : newest)
        listed_.push_back({url, updated});
    std::ranges::sort(listed_, is_before);
    return {};
}

// What was cut off is gone on with while it is what would be begun now.
base::Status CsafWalk::begin() {
    const base::TimePoint now = tools_.clock.now();
    Place fresh;
    fresh.provider = source_.url;
    fresh.begun = now;
    fresh.whole = !is_here(tools_, held_) || !held_->until || !held_->whole_at || held_->url != source_.url ||
                  now - *held_->whole_at > source::kWholeAnew || *held_->whole_at > now;
    if (!fresh.whole) fresh.since = *held_->until;
    TRY_VALUE(file_, tools_.files.resume(download_name(source_.name)));
    auto cut_off = place_of(file_->note());
    if (cut_off && cut_off->provider == fresh.provider && cut_off->whole == fresh.whole &&
        cut_off->since == fresh.since && cut_off->begun <= now && now - cut_off->begun < kStillUsed &&
        cut_off->size <= file_->size()) {
        place_ = *std::move(cut_off);
        return file_->cut(place_.size);
    }
    place_ = std::move(fresh);
    TRY(file_->cut(0));
    if (!place_.whole)
        TRY(tools_.files.read(held_->kept, [this](base::ByteView piece) { return file_->write(piece); }));
    place_.size = file_->size();
    return file_->set_note(note_of(place_));
}

std::vector<CsafEntry> CsafWalk::wanted() const {
    const std::set<std::string> held = place_.whole ? std::set<std::string>() : marks_in(held_->mark);
    std::vector<CsafEntry> wanted;
    for (const CsafEntry& entry : listed_) {
        if (!place_.url.empty() && !is_before({place_.url, place_.updated}, entry)) continue;
        if (place_.whole || (entry.updated >= place_.since && !held.contains(mark_of(entry))))
            wanted.push_back(entry);
    }
    return wanted;
}

// A document that is listed and not there, or none, keeps no other from coming.
base::Status CsafWalk::take(const CsafEntry& entry, Failed& failed) {
    const auto document = [&]() -> base::Result<std::string> {
        TRY_VALUE(std::string text, text(entry.url, kLargestDocument, failed));
        TRY(source_pages::check_csaf_document(text));
        return text;
    }();
    if (document.ok()) {
        TRY_VALUE(const std::uint64_t room, tools_.files.room());
        if (room < kLargestDocument)
            return base::too_large("there is no more room on the disk: free some and sync again");
        TRY_VALUE(const base::Bytes packed, compression::gzip_member(base::as_bytes(*document + "\n")));
        TRY(file_->write(packed));
        ++place_.taken;
    } else {
        const base::ErrorKind kind = document.error().kind;
        if (kind != base::ErrorKind::invalid && kind != base::ErrorKind::too_large) return document.error();
        if (place_.missing.size() >= kMostMissing)
            return base::invalid("more than 100 documents that it lists cannot be had, the last of them " +
                                 entry.url + ": " + document.error().message);
        place_.missing.push_back(entry.url);
    }
    place_.updated = entry.updated;
    place_.url = entry.url;
    place_.size = file_->size();
    return file_->set_note(note_of(place_));
}

// Up to when everything is held, and what is held of what is newer; what could not be had is asked for again
// while it is among that. A time in the future tells nothing about what is held before it.
void CsafWalk::remember(PartState& state) const {
    const base::TimePoint now = tools_.clock.now();
    base::TimePoint newest{}, missed = base::TimePoint::max();
    for (const CsafEntry& entry : listed_) {
        if (entry.updated <= now) newest = std::max(newest, entry.updated);
        if (std::ranges::find(place_.missing, entry.url) != place_.missing.end())
            missed = std::min(missed, entry.updated);
    }
    base::TimePoint until = newest == base::TimePoint{} ? newest : std::min(newest - kLookBack, missed);
    state.mark.clear();
    // Those of one time together: of more than there is room for, none is looked at again.
    for (std::size_t end = listed_.size(); end > 0 && listed_[end - 1].updated >= until;) {
        std::string marks;
        std::size_t begin = end;
        for (; begin > 0 && listed_[begin - 1].updated == listed_[end - 1].updated; --begin)
            if (std::ranges::find(place_.missing, listed_[begin - 1].url) == place_.missing.end() &&
                marks.size() <= kMostMarks * 16)
                marks += mark_of(listed_[begin - 1]);
        if (state.mark.size() + marks.size() > kMostMarks * 16) {
            until = listed_[end - 1].updated + std::chrono::seconds(1);
            break;
        }
        state.mark += marks;
        end = begin;
    }
    state.until = until;
}

base::Status CsafWalk::run(Fetched& fetched, Failed& failed) {
    TRY(list(failed));
    TRY(begin());
    const std::vector<CsafEntry> wanted = this->wanted();
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (tools_.stopped()) return base::unavailable("it was stopped");
        TRY(take(wanted[i], failed));
        tools_.tell(source_.name, i + 1, wanted.size());
    }
    fetched.whole = place_.whole;
    fetched.state = held_ != nullptr ? *held_ : PartState{};
    fetched.state.url = source_.url;
    remember(fetched.state);
    if (place_.whole) {
        if (place_.taken == 0) return base::invalid("none of the documents that it lists could be had");
        fetched.state.whole_at = place_.begun;
        fetched.records_before = fetched.state.whole_records;
    }
    if (!place_.whole && place_.taken == 0) {
        fetched.same = true;
        TRY(file_->cut(0));
        return file_->set_note("");
    }
    TRY_VALUE(fetched.incoming, file_->finish());
    return {};
}

} // namespace

void walk_csaf(Tools& tools, const Source& source, const SourceState& held, Walked& walked) {
    std::vector<std::string> left_out;
    std::size_t listed = 0;
    walk_part(source, held, "csaf.json.gz", walked,
              [&](const PartState* part, Fetched& fetched, Failed& failed) -> base::Status {
                  CsafWalk walk(tools, source, part);
                  TRY(walk.run(fetched, failed));
                  left_out = walk.missing();
                  listed = walk.listed();
                  return {};
              });
    if (left_out.empty()) return;
    // Told, so that nobody takes the rest for everything.
    Fetched missing;
    missing.part = source.name + " documents";
    missing.url = left_out.front();
    Failed why;
    why.why = std::to_string(left_out.size()) + " of the " + std::to_string(listed) +
              " that it lists cannot be had and were left out, the first of them " + missing.url;
    fail(walked, std::move(missing), why);
}

} // namespace oakum::feed_sync
