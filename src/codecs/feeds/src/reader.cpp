// SPDX-License-Identifier: Apache-2.0
#include <feeds/reader.hpp>

#include "epss.hpp"
#include "formats.hpp"
#include "splitter.hpp"

#include <utility>

namespace oakum::feeds {

std::string id_of(object document) {
    for (const std::string_view key : {"id", "cveID"}) {
        if (auto id = id_at(document, key); id.ok()) return std::move(id).value();
    }
    for (const auto& [around, key] : {std::pair{"cve", "id"}, std::pair{"cveMetadata", "cveId"}}) {
        object inner;
        if (document.at_key(around).get(inner) != simdjson::SUCCESS) continue;
        if (auto id = id_at(inner, key); id.ok()) return std::move(id).value();
    }
    return {};
}

struct FeedReader::State {
    FeedKind kind;
    Sink sink;
    Limits limits;
    Tally tally;
    std::uint64_t documents_read = 0;
    bool failed = false;
    simdjson::dom::parser parser;
    std::optional<Splitter> splitter;
    std::optional<EpssLines> scores;

    State(FeedKind of, Sink to, Limits with) : kind(of), sink(std::move(to)), limits(with) {
        if (kind == FeedKind::epss) {
            scores.emplace(
                EpssLines::Output{[this](advisory::EpssScore&& score) { return accept(std::move(score)); },
                                  [this](std::string where, std::string reason) {
                                      reject(std::move(where), std::move(reason));
                                  }});
            return;
        }
        const bool wrapped = kind == FeedKind::nvd || kind == FeedKind::kev;
        // Package and CVE id.
        const std::size_t members = kind == FeedKind::debian ? 2 : 0;
        const bool documents = kind == FeedKind::apple || kind >= FeedKind::alpine;
        splitter.emplace(Splitter::Settings{wrapped ? "vulnerabilities" : "",
                                            documents ? limits.max_single : limits.max_record,
                                            simdjson::SIMDJSON_PADDING, members},
                         Splitter::Output{[this](std::string_view text, const Splitter::Place& place) {
                                              return record(text, place);
                                          },
                                          [this](const Splitter::Place& place, std::string reason) {
                                              reject(place.text(), std::move(reason));
                                          },
                                          [this](std::string_view text) { wrapper(text); }});
    }

    Status accept(Item&& item) {
        ++tally.accepted;
        return sink(std::move(item));
    }

    void reject(std::string where, std::string reason) {
        ++tally.rejected;
        if (tally.reasons.size() < limits.max_kept)
            tally.reasons.push_back({std::move(where), std::move(reason)});
    }

    void wrapper(std::string_view text) {
        object document;
        std::string_view edition;
        if (parser.parse(text).get(document) == simdjson::SUCCESS &&
            document.at_key("catalogVersion").get(edition) == simdjson::SUCCESS)
            tally.edition = shortened(edition, max_id);
    }

    Status record(std::string_view text, const Splitter::Place& place) {
        if (kind == FeedKind::openvex) return take(read_openvex(text), place);
        object document;
        // The splitter keeps the padding behind the text, so that it need not be copied.
        if (const auto error = parser.parse(text.data(), text.size(), false).get(document)) {
            reject(place.text(), std::string("not JSON as it should be: ") + simdjson::error_message(error));
            return {};
        }
        switch (kind) {
        case FeedKind::nvd:
            return take(read_nvd(document), document, place);
        case FeedKind::cve5:
            return take(read_cve5(document), document, place);
        case FeedKind::osv:
            return take(read_osv(document), document, place);
        case FeedKind::kev:
            return take(read_kev(document), document, place);
        case FeedKind::apple:
            return take(read_apple(document), place);
        case FeedKind::debian:
            return debian(document, place);
        case FeedKind::alpine:
            return take(read_alpine(document), place);
        case FeedKind::csaf:
            return take(read_csaf(document), place);
        case FeedKind::cyclonedx:
            return take(read_cyclonedx(document), place);
        case FeedKind::epss:
        case FeedKind::openvex:
            break;
        }
        return base::bug("this kind is not read record by record");
    }

    template <class T> Status take(Result<T> read, object document, const Splitter::Place& place) {
        if (read.ok()) return accept(std::move(read).value());
        std::string id = id_of(document);
        reject(id.empty() ? place.text() : std::move(id), read.error().text());
        return {};
    }

    Status debian(object document, const Splitter::Place& place) {
        const auto& [package, id] = place.names;
        auto read = read_debian(document, package, id);
        if (read.ok()) return accept(std::move(read).value());
        reject(shortened(package + " " + id, max_id), read.error().text());
        return {};
    }

    // A document with many records.
    Status take(Result<ReadDocument> read, const Splitter::Place& place) {
        if (!read.ok()) {
            reject(place.text(), read.error().text());
            return {};
        }
        // Of several documents none is the feed's.
        tally.edition = std::exchange(documents_read, documents_read + 1) == 0 ? read->edition : "";
        for (advisory::Rejected& one : read->rejected)
            reject(std::move(one.where), std::move(one.reason));
        for (advisory::Record& one : read->records)
            TRY(one.id.empty() ? sink(std::move(one)) : accept(std::move(one)));
        return {};
    }

    Status run(const std::function<Status()>& step) {
        if (failed) return base::bug("the feed is read on after an error");
        Status status = step();
        failed = !status.ok();
        return status;
    }
};

FeedReader::FeedReader(FeedKind kind, Sink sink, Limits limits)
    : state_(std::make_unique<State>(kind, std::move(sink), limits)) {}
FeedReader::~FeedReader() = default;
FeedReader::FeedReader(FeedReader&&) noexcept = default;
FeedReader& FeedReader::operator=(FeedReader&&) noexcept = default;

Status FeedReader::feed(base::ByteView bytes) {
    State& s = *state_;
    return s.run([&] {
        return s.scores ? s.scores->feed(base::as_text(bytes)) : s.splitter->feed(base::as_text(bytes));
    });
}

Result<Tally> FeedReader::finish() {
    State& s = *state_;
    TRY(s.run([&] { return s.scores ? s.scores->finish() : s.splitter->finish(); }));
    if (s.scores) s.tally.edition = s.scores->edition();
    if (s.splitter) s.tally.whole = s.splitter->whole();
    return s.tally;
}

const Tally& FeedReader::tally() const {
    return state_->tally;
}

} // namespace oakum::feeds
