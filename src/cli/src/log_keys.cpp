// SPDX-License-Identifier: Apache-2.0
#include "log_keys.hpp"

#include <metadata/reader.hpp>
#include <trust/limits.hpp>

namespace oakum::cli {
namespace {

using base::Result;

constexpr std::size_t kMostKeys = 16 << 10;

Result<LogKeys> keys_of_root(const Session& session, const std::string& file) {
    TRY_VALUE(const std::string text, session.console.keys().read(file, trust::limits::root_bytes));
    auto root = metadata::JsonReader().root(base::as_bytes(text));
    if (!root.ok()) return std::move(root).error().wrap("reading " + file);
    if (!root->document.has_log())
        return base::invalid(file + " names no log: give the log's key with --key, or a newer root");
    const trust::Signers& signers = root->document.signers(trust::Role::log);
    LogKeys keys;
    keys.threshold = signers.threshold;
    for (const trust::KeyId& id : signers.keys) {
        const auto key = root->document.keys.find(id);
        if (key == root->document.keys.end() || key->second.type != "ed25519") continue;
        TRY_VALUE(keys.keys.emplace_back(), base::from_hex(key->second.public_text));
    }
    return keys;
}

// Lines of NAME+ID+KEY.
Result<LogKeys> keys_of_lines(std::string_view lines) {
    LogKeys keys;
    while (!lines.empty()) {
        const std::string_view line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(std::min(line.size() + 1, lines.size()));
        if (line.empty()) continue;
        TRY_VALUE(tlog::NoteKey key, tlog::read_note_key(line));
        keys.keys.push_back(std::move(key.public_key));
    }
    if (keys.keys.empty()) return base::invalid("there is no key in it");
    return keys;
}

Result<LogKeys> keys_of_word(const Session& session, const std::string& key) {
    if (auto given = keys_of_lines(key); given.ok()) return given;
    TRY_VALUE(const std::string text, session.console.keys().read(key, kMostKeys));
    auto read = keys_of_lines(text);
    if (!read.ok()) return std::move(read).error().wrap("reading " + key);
    return read;
}

} // namespace

Result<OpenedLog> open_log(const Session& session, const LogWish& wish) {
    OpenedLog log;
    if (wish.from.empty()) {
        TRY_VALUE(Api api, session.api());
        log.place = log_on_server(std::move(api));
    } else {
        log.place = log_in_folder(wish.from);
    }
    if (!wish.root.empty()) {
        TRY_VALUE(log.keys, keys_of_root(session, wish.root));
        return log;
    }
    if (!wish.key.empty()) {
        TRY_VALUE(log.keys, keys_of_word(session, wish.key));
        return log;
    }
    TRY_VALUE(const auto lines, log.place->get("key", kMostKeys));
    if (!lines)
        return base::not_found(wish.from.empty() ? "this server has no log"
                                                 : wish.from + " holds no log: there is no file key in it");
    TRY_VALUE(log.keys, keys_of_lines(base::as_text(*lines)));
    log.on_its_word = true;
    return log;
}

} // namespace oakum::cli
