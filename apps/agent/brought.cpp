// SPDX-License-Identifier: Apache-2.0
#include "brought.hpp"

#include "director.hpp"

#include <json/parse.hpp>
#include <json/writer.hpp>
#include <pki/key.hpp>
#include <system/carried_folder.hpp>
#include <system/file.hpp>
#include <trust/limits.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <sys/inotify.h>
#include <unistd.h>

namespace oakum::agent {
namespace {

using base::Result;
using base::Status;
using updates::NotTrusted;

constexpr std::size_t max_note = 64 << 10;
constexpr std::size_t max_direction = 64 << 10;
constexpr std::string_view asked_name = "asked.json", answer_name = "answer.json", used_name = "used.json";
constexpr std::array<std::string_view, 3> state_words = {"refused", "taken", "ended"};

json::Limits small() {
    json::Limits limits;
    limits.max_bytes = max_note;
    limits.max_depth = 3;
    return limits;
}

std::string folder_name(std::string_view folder) {
    return std::string(folder);
}

NotTrusted unusable(std::string why) {
    return {install::Reason::verification_failed, std::move(why), false, {}};
}

} // namespace

std::string encode(const Asked& asked) {
    std::string text;
    json::Writer out(text);
    out.begin_object().member("id", asked.id).member("folder", asked.folder.string()).end_object();
    return text;
}

Result<Asked> decode_asked(std::string_view text) {
    TRY_VALUE(const json::Value from, json::parse(text, small()));
    Asked asked;
    TRY_VALUE(asked.id, from.string_at("id", 64));
    TRY_VALUE(const std::string folder, from.string_at("folder", 4096));
    if (!folder.starts_with('/')) return from.wrong("a whole path is needed");
    asked.folder = folder;
    return asked;
}

std::string encode(const Answered& answered) {
    std::string text;
    json::Writer out(text);
    out.begin_object().member("id", answered.id);
    out.member("state", state_words.at(static_cast<std::size_t>(answered.state)));
    out.member("deployment", answered.deployment).member("attempt", answered.attempt);
    out.member("detail", answered.detail).key("receipts").begin_array();
    for (const std::string& name : answered.receipts)
        out.value(name);
    out.end_array().end_object();
    return text;
}

Result<Answered> decode_answered(std::string_view text) {
    TRY_VALUE(const json::Value from, json::parse(text, small()));
    Answered answered;
    TRY_VALUE(answered.id, from.string_at("id", 64));
    TRY_VALUE(const std::string state, from.string_at("state", 16));
    const auto word = std::ranges::find(state_words, state);
    if (word == state_words.end()) return from.wrong("this is no state");
    answered.state = static_cast<Answered::State>(word - state_words.begin());
    TRY_VALUE(answered.deployment, from.string_at("deployment", 64));
    TRY_VALUE(const std::uint64_t attempt, from.uint_at("attempt", 1'000'000));
    answered.attempt = static_cast<std::uint32_t>(attempt);
    TRY_VALUE(answered.detail, from.string_at("detail", 8 << 10));
    TRY_VALUE(const json::Value receipts, from.array_at("receipts", updates::kMaxReceipts));
    for (const json::Value& item : receipts.items()) {
        TRY_VALUE(std::string name, item.as_string(256));
        answered.receipts.push_back(std::move(name));
    }
    return answered;
}

BroughtFolder::BroughtFolder(std::filesystem::path notes, const FileIdentity& identity,
                             updates::Keep& trusted, const trust::Reader& reader, base::LogSink& log)
    : notes_(std::move(notes)), identity_(identity), trust_(*this, trusted, reader), log_(log),
      watch_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    // Without it a folder is seen at the next start.
    if (watch_.open()) ::inotify_add_watch(watch_.number(), notes_.c_str(), IN_MOVED_TO);
    const auto text = system::read_bounded(notes_ / used_name, max_note);
    auto used = text.ok() ? decode_asked(*text) : Result<Asked>(text.error());
    if (used.ok()) used_ = std::move(*used);
}

std::string BroughtFolder::device() const {
    return device_of(identity_);
}

bool BroughtFolder::was_named() {
    alignas(inotify_event) char buffer[4096];
    for (;;) {
        const ssize_t got = ::read(watch_.number(), buffer, sizeof buffer);
        if (got <= 0) break;
        for (const char* at = buffer; at < buffer + got;) {
            const auto* event = reinterpret_cast<const inotify_event*>(at);
            // Our own answers land beside it.
            if (event->len > 0 && asked_name == event->name) look_ = true;
            at += sizeof(inotify_event) + event->len;
        }
    }
    return std::exchange(look_, false);
}

Result<std::unique_ptr<ports::CarriedFolder>> BroughtFolder::open() const {
    if (!present()) return base::unavailable("no folder was named");
    auto folder = system::open_carried(present()->folder);
    if (!folder.ok()) return base::unavailable(folder.error().message);
    return folder;
}

Result<base::Bytes> BroughtFolder::read(std::string_view folder, std::size_t max_bytes) const {
    TRY_VALUE(const auto opened, open());
    TRY_VALUE(const auto text, opened->read(folder_name(folder), device() + ".json", max_bytes));
    if (!text)
        return base::not_found("the folder has nothing for this device (" + device() + ") in " +
                               folder_name(folder));
    const base::ByteView bytes = base::as_bytes(*text);
    return base::Bytes(bytes.begin(), bytes.end());
}

std::optional<wire::Offer> BroughtFolder::brought() {
    if (!was_named()) return std::nullopt;
    const auto text = system::read_bounded(notes_ / asked_name, max_note);
    if (!text.ok()) return std::nullopt;
    auto asked = decode_asked(*text);
    if (!asked.ok()) {
        asked_ = Asked{};
        log_.write(base::LogLevel::error, "folder", std::string(asked_name) + ": " + asked.error().text());
        let_go();
        return std::nullopt;
    }
    asked_ = std::move(*asked);
    auto order = read(wire::kCarriedOrders, trust::limits::order_bytes);
    auto offer = order.ok() ? trust_.peek(*order, device()) : Result<wire::Offer>(order.error());
    if (!offer.ok()) {
        log_.write(base::LogLevel::warning, "folder", "refused: " + offer.error().text());
        refused(offer.error().text());
        return std::nullopt;
    }
    order_ = std::move(*order);
    offer_ = std::move(*offer);
    return offer_;
}

std::optional<NotTrusted> BroughtFolder::check_artifact(const trust::TargetFile& file) const {
    if (!file.hashes.sha256) return std::nullopt; // refused with its own words later
    const std::string name = file.hashes.sha256->hex();
    const auto opened = open();
    if (!opened.ok()) return unusable(opened.error().text());
    const auto length = (*opened)->length(folder_name(wire::kCarriedArtifacts), name);
    if (!length.ok()) return unusable(length.error().text());
    if (!*length) return unusable("the folder lacks the artifact " + name);
    if (**length != file.length)
        return unusable("artifacts/" + name + " has " + std::to_string(**length) + " bytes, and " +
                        std::to_string(file.length) + " were signed");
    return std::nullopt;
}

std::variant<base::Bytes, NotTrusted> BroughtFolder::admit(base::TimePoint now) {
    updates::Question question;
    question.path = offer_.target_path;
    question.device = device();
    question.order = order_;
    question.ask_director = [this] { return direction(); };
    const auto found = trust_.look_up(question, now);
    if (const auto* no = std::get_if<NotTrusted>(&found)) return *no;
    if (auto wrong = check_artifact(std::get<updates::Listed>(found).file)) return std::move(*wrong);
    return order_;
}

Result<base::Bytes> BroughtFolder::direction() {
    return read(wire::kCarriedDirections, max_direction);
}

Result<std::optional<base::Bytes>> BroughtFolder::file(std::string_view folder, const std::string& name,
                                                       std::uint64_t max_bytes) const {
    TRY_VALUE(const auto opened, open());
    TRY_VALUE(const auto text, opened->read(folder_name(folder), name, max_bytes));
    if (!text) return std::optional<base::Bytes>();
    const base::ByteView bytes = base::as_bytes(*text);
    return std::optional(base::Bytes(bytes.begin(), bytes.end()));
}

Result<std::optional<base::Bytes>> BroughtFolder::metadata(const std::string& name, std::uint64_t max_bytes) {
    return file(wire::kCarriedMetadata, name, max_bytes);
}

Result<std::optional<base::Bytes>> BroughtFolder::log_file(const std::string& name, std::uint64_t max_bytes) {
    return file(wire::kCarriedLog, wire::carried_log_name(name), max_bytes);
}

Status BroughtFolder::artifact(const base::Digest256& digest, std::uint64_t from, std::uint64_t to,
                               const updates::Piece& piece) {
    TRY_VALUE(const auto opened, open());
    return opened->stream(folder_name(wire::kCarriedArtifacts), digest.hex(), from, to, piece);
}

void BroughtFolder::answer(Answered answered) {
    if (present()) answered.id = present()->id;
    if (const auto told = system::write_durably(notes_ / answer_name, encode(answered)); !told.ok())
        log_.write(base::LogLevel::error, "folder", "answering: " + told.error().text());
}

void BroughtFolder::let_go() {
    const std::string_view name = asked_ ? asked_name : used_name;
    (asked_ ? asked_ : used_).reset();
    if (::unlink((notes_ / name).c_str()) != 0 && errno != ENOENT)
        log_.write(base::LogLevel::error, "folder", system_error("removing " + std::string(name)).text());
}

void BroughtFolder::refused(const std::string& why) {
    Answered answered;
    answered.detail = why;
    answer(std::move(answered));
    let_go();
}

void BroughtFolder::taken(const wire::Offer& offer) {
    Answered answered;
    answered.state = Answered::State::taken;
    answered.deployment = offer.deployment;
    answered.attempt = offer.attempt;
    answer(std::move(answered));
    if (!asked_) return;
    used_ = std::move(asked_);
    asked_.reset();
    if (std::rename((notes_ / asked_name).c_str(), (notes_ / used_name).c_str()) != 0)
        log_.write(base::LogLevel::error, "folder", system_error("keeping the folder's name").text());
}

Result<std::string> BroughtFolder::write(const wire::Receipt& receipt) const {
    const http::ClientIdentity& own = identity_.current();
    TRY_VALUE(const pki::PrivateKey key, pki::PrivateKey::from_pem(own.key_pem));
    wire::SignedReceipt said;
    said.receipt = wire::encode(receipt);
    said.certificate_pem = own.certificate_pem;
    TRY_VALUE(said.signature, key.sign(base::as_bytes(wire::receipt_input(said.receipt))));
    std::string name = receipt.device + "-" + receipt.report.deployment + "-" +
                       std::to_string(receipt.report.attempt) + ".json";
    TRY_VALUE(const auto opened, open());
    TRY_VALUE(const auto file, opened->create(folder_name(wire::kCarriedReceipts), name));
    TRY(file->write(base::as_bytes(wire::encode(said))));
    TRY(file->keep());
    return name;
}

void BroughtFolder::ended(const std::vector<wire::Receipt>& receipts) {
    if (!present()) return;
    Answered answered;
    answered.state = Answered::State::ended;
    for (const wire::Receipt& receipt : receipts) {
        auto written = write(receipt);
        if (written.ok()) {
            answered.receipts.push_back(std::move(*written));
            continue;
        }
        answered.detail = "no receipt could be written into the folder: " + written.error().text();
        log_.write(base::LogLevel::warning, "folder", answered.detail);
    }
    if (receipts.empty()) answered.detail = "the server has the report of it already";
    answer(std::move(answered));
    let_go();
}

Result<Glimpse> glimpse(ports::CarriedFolder& folder, const std::string& device,
                        const trust::Reader& reader) {
    TRY_VALUE(const auto text,
              folder.read(folder_name(wire::kCarriedOrders), device + ".json", trust::limits::order_bytes));
    if (!text)
        return base::not_found("the folder has nothing for this device (" + device +
                               "): export it again with a query that has it");
    const auto order = reader.order(base::as_bytes(*text));
    if (!order.ok()) return base::Error(order.error()).wrap("the order");
    auto answer = wire::decode_poll_reply(order->document.answer);
    if (!answer.ok()) return std::move(answer).error().wrap("the order");
    if (!answer->offer) return base::invalid("the order asks nothing of this device");
    return Glimpse{std::move(*answer->offer), order->document.artifact, order->document.header.expires};
}

} // namespace oakum::agent
