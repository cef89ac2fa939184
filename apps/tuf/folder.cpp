// SPDX-License-Identifier: Apache-2.0
#include "folder.hpp"

#include <trust/limits.hpp>
#include <trust/names.hpp>

#include <unistd.h>

namespace oakum::tuf {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostStored = 64 << 20; // bytes of all roles together that are held in memory

base::Bytes bytes_of(const std::string& text) {
    return {text.begin(), text.end()};
}

} // namespace

base::Result<Folder> Folder::open(const fs::path& path) {
    TRY(system::make_private_folder(path));
    TRY_VALUE(system::FileLock lock, system::FileLock::acquire(path / ".lock"));
    return Folder(path, std::move(lock));
}

base::Result<trust::Client::Stored> Folder::read() const {
    trust::Client::Stored stored;
    std::size_t room = kMostStored;
    const auto keep = [&](const std::string& name) {
        auto text =
            system::read_bounded(path_ / name, std::min<std::size_t>(room, trust::limits::targets_bytes));
        // A file that cannot be read is one that is not there: it is fetched again, or its lack is told.
        if (!text.ok()) return;
        room -= text->size();
        stored.emplace(name, bytes_of(*text));
    };
    for (const trust::Role role : trust::kRoles)
        keep(trust::local_name(to_string(role)));
    std::error_code error;
    for (fs::directory_iterator each(path_, error), end; !error && each != end; each.increment(error))
        if (const std::string name = each->path().filename();
            name.ends_with(".json") && !stored.contains(name))
            keep(name);
    if (error) return base::unavailable("reading " + path_.string() + ": " + error.message());
    return stored;
}

base::Status Folder::apply(const trust::Effects& effects) const {
    for (const trust::Effect& effect : effects) {
        if (const auto* persist = std::get_if<trust::Persist>(&effect)) {
            TRY(system::write_durably(path_ / persist->file, base::as_text(persist->bytes),
                                      system::FileMode::readable_by_all));
            continue;
        }
        const fs::path file = path_ / std::get<trust::Remove>(effect).file;
        if (::unlink(file.c_str()) != 0 && errno != ENOENT)
            return base::unavailable(file.string() + " cannot be removed");
        TRY(system::sync_folder(path_));
    }
    return {};
}

} // namespace oakum::tuf
