// SPDX-License-Identifier: Apache-2.0
#include "evidence_work.hpp"

#include "evidence_texts.hpp"

#include <csv/writer.hpp>
#include <evidence/pack.hpp>
#include <json/parse.hpp>
#include <json/writer.hpp>
#include <system/file.hpp>
#include <tar/header.hpp>

#include <algorithm>

namespace oakum::server {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPiece = 4UL << 20, kMostOfEach = 500;
constexpr base::Duration kAgain = std::chrono::seconds(1);

// What stands in a problem, in a line.
std::string reason_of(const ports::HttpResponse& response) {
    const auto* body = std::get_if<std::string>(&response.body);
    const auto problem = body ? json::parse(*body) : base::Result<json::Value>(base::bug(""));
    const auto detail = problem.ok() ? problem->find("detail") : std::nullopt;
    return detail ? std::string(detail->text()) : "the server answered " + std::to_string(response.status);
}

} // namespace

std::string EvidenceOrder::text() const {
    std::string payload;
    json::Writer(payload)
        .begin_object()
        .member("standard", standard)
        .member("from", base::to_iso8601(from))
        .member("to", base::to_iso8601(to))
        .member("query", query)
        .member("user", user.text())
        .member("file", file)
        .end_object();
    return payload;
}

base::Result<EvidenceOrder> EvidenceOrder::parse(std::string_view payload) {
    TRY_VALUE(const json::Value body, json::parse(payload));
    EvidenceOrder order;
    TRY_VALUE(order.standard, body.string_at("standard"));
    TRY_VALUE(const std::string from, body.string_at("from"));
    TRY_VALUE(order.from, base::parse_time(from));
    TRY_VALUE(const std::string to, body.string_at("to"));
    TRY_VALUE(order.to, base::parse_time(to));
    TRY_VALUE(order.query, body.string_at("query"));
    TRY_VALUE(const std::string user, body.string_at("user"));
    TRY_VALUE(order.user, access::UserId::parse(user));
    TRY_VALUE(order.file, body.string_at("file"));
    return order;
}

EvidenceWork::EvidenceWork(EvidenceOrder order, access::Actor actor, fs::path folder, Ask ask,
                           base::TimePoint now, base::Bytes key, Sign sign, ports::Executor& later)
    : order_(std::move(order)), actor_(std::move(actor)), folder_(std::move(folder)),
      work_(folder_ / (order_.file + ".work")), ask_(std::move(ask)), now_(now), key_(std::move(key)),
      sign_(std::move(sign)), later_(later) {
    const std::string from = base::to_iso8601(order_.from), to = base::to_iso8601(order_.to);
    for (const EvidencePart& part : evidence_parts()) {
        std::vector<std::pair<std::string, std::string>> parameters;
        if (part.by_query && !order_.query.empty()) parameters.emplace_back("query", order_.query);
        if (part.to_end && order_.to < now_) parameters.emplace_back("as_of", to);
        if (part.by_period) {
            // Days for figures, times for records.
            const std::size_t cut = part.file == "figures.csv" ? 10 : std::string::npos;
            parameters.emplace_back("from", from.substr(0, cut));
            parameters.emplace_back("to", to.substr(0, cut));
        }
        if (part.file == "alarms.csv") parameters.emplace_back("state", "all");
        if (part.file == "exceptions.csv") parameters.emplace_back("state", "all");
        if (part.file == "findings.csv") parameters.emplace_back("state", "all");
        add(std::string(part.file), std::string(part.path), part.table, std::move(parameters));
    }
    for (std::size_t i = newest_of("exceptions/", order_.exceptions.size()); i < order_.exceptions.size();
         ++i)
        add("exceptions/" + order_.exceptions[i] + ".json", "/api/v1/exceptions/" + order_.exceptions[i],
            false, {});
    for (std::size_t i = newest_of("summaries/", order_.releases.size()); i < order_.releases.size(); ++i) {
        const auto& [id, name] = order_.releases[i];
        add("summaries/" + id + ".json", "/api/v1/releases/" + id + "/verification-summary", false, {});
    }
    for (std::size_t i = newest_of("rollouts/", order_.rollouts.size()); i < order_.rollouts.size(); ++i) {
        const std::string& id = order_.rollouts[i].id;
        add("rollouts/" + id + ".json", "/api/v1/rollouts/" + id, false, {});
        add("rollouts/" + id + "-decisions.csv", "/api/v1/rollouts/" + id + "/decisions", true, {});
        add("rollouts/" + id + "-devices.csv", "/api/v1/rollouts/" + id + "/devices", true, {});
    }
}

// Where the newest of so many begin, as many as a pack holds one by one.
std::size_t EvidenceWork::newest_of(std::string_view folder, std::size_t all) {
    if (all <= kMostOfEach) return 0;
    left_out_.push_back(std::string(folder) + ": the older " + std::to_string(all - kMostOfEach) + " of " +
                        std::to_string(all));
    return all - kMostOfEach;
}

EvidenceWork::~EvidenceWork() {
    std::error_code ignored;
    fs::remove_all(work_, ignored);
}

void EvidenceWork::add(std::string file, std::string path, bool table,
                       std::vector<std::pair<std::string, std::string>> parameters) {
    Question question{.file = std::move(file), .request = {}};
    question.request.path = std::move(path);
    question.request.query = std::move(parameters);
    question.request.headers.emplace_back("accept", table ? "text/csv" : "application/json");
    questions_.push_back(std::move(question));
}

shard::Progress EvidenceWork::progress(std::string detail) const {
    return {false, next_, questions_.size() + 1, std::move(detail), {}, false};
}

base::Result<shard::Progress> EvidenceWork::step() {
    if (broken_) return *broken_;
    if (stream_) return read_on();
    if (next_ == 0 && sums_.empty()) {
        std::error_code ignored;
        fs::remove_all(work_, ignored);
        TRY(system::make_private_folder(folder_));
        TRY(system::make_private_folder(work_));
    }
    if (next_ < questions_.size()) return ask_next();
    if (!archive_.is_open()) {
        TRY(begin_archive());
        return progress("signed; writing " + order_.file);
    }
    TRY_VALUE(const bool more, pack_some());
    if (more) return progress("writing " + order_.file);
    TRY(end_archive());
    return shard::Progress{true, questions_.size() + 1, questions_.size() + 1, order_.file + " is made", {},
                           false};
}

base::Result<shard::Progress> EvidenceWork::ask_next() {
    const Question& question = questions_[next_];
    shard::Progress now = progress("gathering " + question.file);
    now.wait = [this, &question](std::function<void()> go_on) {
        const bool asked = ask_(actor_, question.request, [this, go_on](ports::HttpResponse response) {
            took(std::move(response));
            go_on();
        });
        // The interface is not there yet: the server is starting.
        if (!asked) later_.post_after(kAgain, go_on);
    };
    return now;
}

void EvidenceWork::took(ports::HttpResponse response) {
    const std::string& file = questions_[next_].file;
    if (response.status != 200) {
        left_out_.push_back(file + ": " + reason_of(response));
        ++next_;
        return;
    }
    base::Status kept = open(file);
    if (const auto* body = std::get_if<std::string>(&response.body)) {
        if (kept.ok()) kept = append(*body);
        if (kept.ok()) kept = close();
        ++next_;
    } else if (auto* stream = std::get_if<std::shared_ptr<ports::EventStream>>(&response.body)) {
        stream_ = std::move(*stream);
        stream_->on_wake([this] {
            std::function<void()> go_on;
            {
                base::Lock lock(mutex_);
                woken_ = !go_on_;
                go_on = std::exchange(go_on_, nullptr);
            }
            if (go_on) go_on();
        });
    } else {
        left_out_.push_back(file + ": it is no text");
        ++next_;
    }
    if (!kept.ok()) broken_ = std::move(kept).error();
}

base::Result<shard::Progress> EvidenceWork::read_on() {
    const auto piece = stream_->next();
    if (!piece) {
        stream_.reset();
        TRY(close());
        ++next_;
        return progress("gathered " + questions_[next_ - 1].file);
    }
    TRY(append(*piece));
    shard::Progress now = progress("gathering " + questions_[next_].file);
    if (piece->empty())
        now.wait = [this](std::function<void()> go_on) {
            {
                base::Lock lock(mutex_);
                if (!std::exchange(woken_, false)) {
                    go_on_ = std::move(go_on);
                    return;
                }
            }
            go_on();
        };
    return now;
}

base::Status EvidenceWork::open(const std::string& file) {
    at_ = file;
    size_ = 0;
    std::error_code error;
    fs::create_directories((work_ / file).parent_path(), error);
    out_ = std::ofstream(work_ / file, std::ios::binary | std::ios::trunc);
    if (!out_) return base::unavailable("the pack cannot be written to " + work_.string());
    return {};
}

base::Status EvidenceWork::append(std::string_view bytes) {
    out_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!out_) return base::unavailable("the pack cannot be written: is the disk full?");
    digest_.update(bytes);
    size_ += bytes.size();
    return {};
}

base::Status EvidenceWork::close() {
    out_.close();
    if (out_.fail()) return base::unavailable("the pack cannot be written: is the disk full?");
    sums_[at_] = digest_.finish();
    sizes_[at_] = size_;
    return {};
}

base::Status EvidenceWork::keep(const std::string& file, std::string_view text) {
    TRY(open(file));
    TRY(append(text));
    return close();
}

std::string EvidenceWork::about() const {
    std::string text;
    json::Writer writer(text);
    writer.begin_object().member("form", "oakum evidence pack 1").member("standard", order_.standard);
    writer.member("from", base::to_iso8601(order_.from)).member("to", base::to_iso8601(order_.to));
    writer.key("query");
    if (order_.query.empty())
        writer.null();
    else
        writer.value(order_.query);
    writer.key("scope");
    if (order_.scope.empty()) {
        writer.null();
    } else {
        writer.begin_array();
        for (const EvidenceOrder::Group& group : order_.scope)
            writer.begin_object().member("id", group.id).member("name", group.name).end_object();
        writer.end_array();
    }
    writer.member("made", base::to_iso8601(now_)).member("made_by", actor_.name);
    writer.member("key", evidence::key_id(key_));
    writer.key("files").begin_object();
    for (const EvidencePart& part : evidence_parts())
        if (sums_.contains(std::string(part.file))) writer.member(part.file, part.says);
    writer.end_object();
    writer.key("left_out").begin_array();
    for (const std::string& each : left_out_)
        writer.value(each);
    writer.end_array().end_object();
    return text + "\n";
}

std::string EvidenceWork::controls() const {
    std::string text;
    csv::append_row(text, {"standard", "control", "what it asks", "files"});
    for (const EvidenceControl& control : evidence_controls())
        if (control.standard == order_.standard)
            csv::append_row(text, {std::string(control.standard), std::string(control.control),
                                   std::string(control.asks), std::string(control.files)});
    return text;
}

base::Status EvidenceWork::begin_archive() {
    TRY(keep("README.txt", kEvidenceReadme));
    TRY(keep("definitions.txt", kEvidenceDefinitions));
    if (order_.standard != "general") TRY(keep("controls.csv", controls()));
    TRY(keep(std::string(evidence::kAbout), about()));
    const std::string list = evidence::sums_of(sums_);
    TRY_VALUE(const base::Bytes signature, sign_(base::as_bytes(list)));
    for (const auto& [name, digest] : sums_)
        packing_.push_back(name);
    TRY(keep(std::string(evidence::kSums), list));
    TRY(keep(std::string(evidence::kSignature), base::as_text(signature)));
    TRY(keep(std::string(evidence::kKey), evidence::key_pem(key_)));
    for (const std::string_view name : {evidence::kKey, evidence::kSignature, evidence::kSums})
        packing_.emplace_back(name);
    // From the end: what says how to check it stands first.
    std::ranges::stable_partition(packing_, [](const std::string& name) { return name != "README.txt"; });
    archive_.open(work_ / "pack", std::ios::binary | std::ios::trunc);
    if (!archive_) return base::unavailable("the pack cannot be written to " + work_.string());
    return {};
}

// A few megabytes of the archive; false when it is whole.
base::Result<bool> EvidenceWork::pack_some() {
    if (!in_.is_open()) {
        if (packing_.empty()) return false;
        const std::string& name = packing_.back();
        TRY_VALUE(const tar::Block block, tar::to_block({name, sizes_.at(name), now_}));
        archive_.write(reinterpret_cast<const char*>(block.data()),
                       static_cast<std::streamsize>(block.size()));
        in_.open(work_ / name, std::ios::binary);
    }
    std::string piece(kPiece, '\0');
    in_.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    archive_.write(piece.data(), in_.gcount());
    if (in_.eof()) {
        in_.close();
        const std::string zeros(tar::filling(sizes_.at(packing_.back())), '\0');
        archive_.write(zeros.data(), static_cast<std::streamsize>(zeros.size()));
        packing_.pop_back();
    }
    if (!archive_) return base::unavailable("the pack cannot be written: is the disk full?");
    return true;
}

base::Status EvidenceWork::end_archive() {
    const std::string zeros(2 * tar::kBlock, '\0');
    archive_.write(zeros.data(), static_cast<std::streamsize>(zeros.size()));
    archive_.close();
    if (archive_.fail()) return base::unavailable("the pack cannot be written: is the disk full?");
    // Its description first: a pack is listed when both are there.
    TRY(system::write_durably((folder_ / order_.file).replace_extension(".json"), about()));
    std::error_code error;
    fs::rename(work_ / "pack", folder_ / order_.file, error);
    if (error) return base::unavailable("the pack cannot be put into its place: " + error.message());
    return system::sync_folder(folder_);
}

} // namespace oakum::server
