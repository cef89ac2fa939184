// SPDX-License-Identifier: Apache-2.0
// What the repository tells the log of what was published.
#include <releases/repository.hpp>

#include "files.hpp"
#include "news.hpp"

#include <metadata/reader.hpp>
#include <trust/names.hpp>

#include <charconv>

namespace oakum::releases {

using base::Result;
using base::Status;
using device::TenantId;
using shard::Transaction;

namespace {

// "3.root.json" is 3; 0: it is no root.
std::uint64_t root_version(const std::string& name) {
    std::uint64_t version = 0;
    std::from_chars(name.data(), name.data() + name.size(), version);
    return version > 0 && name == trust::served_name("root", version) ? version : 0;
}

Result<Served> served_of(const trust::RepositoryState& state,
                         const std::map<std::string, base::Bytes>& files) {
    Served told;
    std::map<std::uint64_t, const base::Bytes*> roots;
    for (const auto& [name, bytes] : files)
        if (const std::uint64_t version = root_version(name); version > 0) roots[version] = &bytes;
    for (const auto& [version, bytes] : roots) {
        TRY_VALUE(auto read, metadata::JsonReader().root(*bytes));
        told.roots.push_back({std::move(read.document), *bytes});
    }
    for (const auto& [role, list] : state.targets) {
        const auto bytes = files.find(trust::served_name(role, list.header.version));
        if (bytes != files.end()) told.lists[role] = {list, bytes->second};
    }
    return told;
}

// Unique to this repository, and known to everybody who has its first root.
std::string name_of(const std::map<std::string, base::Bytes>& files) {
    constexpr std::size_t kDigits = 16;
    const auto first = files.find(trust::served_name("root", 1));
    return "oakum/log/" + base::sha256(first->second).hex().substr(0, kDigits);
}

} // namespace

Status Repository::tell(Transaction& transaction, const trust::RepositoryState& before,
                        const metadata::Issue& issued) const {
    if (!told_->has_begun(transaction)) return {};
    std::map<std::string, base::Bytes> files;
    for (const metadata::File& file : issued.files)
        files[file.name] = file.bytes;
    const Known known = known_by(before);
    TRY_VALUE(Served now, served_of(issued.state, files));
    // A list that was not issued anew is as it was.
    for (const auto& [role, list] : issued.state.targets)
        if (!now.lists.contains(role)) now.lists[role] = {list, {}};
    TRY_VALUE(const std::vector<std::string> entries, news(now, known, transaction.now()));
    return told_->append(transaction, entries);
}

Status Repository::complete_log(Transaction& transaction, LogBegins begins) const {
    const auto files = files_of(transaction.list<ports::DocumentRow>());
    if (!files.contains(trust::served_name("root", 1))) return {};
    const bool anew = begins == LogBegins::anew;
    if (!told_->has_begun(transaction) || anew) TRY(told_->begin(transaction, name_of(files)));
    TRY_VALUE(const trust::RepositoryState state, metadata::load(files));
    TRY_VALUE(const std::vector<std::string> entries, told_->entries(transaction));
    TRY_VALUE(const Known known, known_by(entries));
    TRY_VALUE(const Served now, served_of(state, files));
    TRY_VALUE(const std::vector<std::string> missing, news(now, known, transaction.now()));
    return told_->append(transaction, missing);
}

void Repository::start_log(TenantId tenant, LogBegins begins, std::function<void(Status)> done) {
    core_.writer.submit(
        shard::control_of(tenant), shard::Priority::terminal,
        [this, begins](Transaction& transaction) { return complete_log(transaction, begins); },
        std::move(done));
}

Result<std::vector<ports::Signer::PublicKeyInfo>> Repository::log_keys(TenantId tenant) const {
    TRY_VALUE(const State state, newest(tenant));
    if (!state->root.has_log()) return signer_.keys(std::string(trust::to_string(trust::Role::log)));
    std::vector<ports::Signer::PublicKeyInfo> keys;
    for (const trust::KeyId& id : state->root.signers(trust::Role::log).keys) {
        const auto key = state->root.keys.find(id);
        if (key == state->root.keys.end() || key->second.type != "ed25519") continue;
        const auto raw = base::from_hex(key->second.public_text);
        if (raw.ok()) keys.push_back({id.get(), *raw});
    }
    return keys;
}

} // namespace oakum::releases
