// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <backup/archive.hpp>
#include <base/digest.hpp>
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>

// The folder of a small server, made of words.
namespace oakum::backup::test {

namespace fs = std::filesystem;

template <class T> T must(base::Result<T> result) {
    if (!result.ok()) FAIL(result.error().text());
    return std::move(result).value();
}
inline void must(const base::Status& status) {
    if (!status.ok()) FAIL(status.error().text());
}

class TemporaryFolder {
  public:
    TemporaryFolder() {
        // In memory where there is such a place: hundreds of restores, each synced, are no work for a disk.
        std::error_code none;
        std::string name = fs::is_directory("/dev/shm", none) ? "/dev/shm" : "/tmp";
        name += "/oakum-backup-XXXXXX";
        path_ = ::mkdtemp(name.data());
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

inline void put(const fs::path& path, const std::string& text) {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
}
inline std::string get(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

using Tree = std::map<std::string, std::string>;
// What a server reads of its folder.
inline Tree tree_of(const fs::path& folder) {
    Tree tree;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file())
            tree[entry.path().lexically_relative(folder).generic_string()] = get(entry.path());
    return tree;
}
inline Tree without(Tree tree, std::string_view prefix) {
    std::erase_if(tree, [&](const auto& entry) { return entry.first.starts_with(prefix); });
    return tree;
}

inline std::string artifact_name(const std::string& content) {
    const auto hex = base::sha256(content).hex();
    return "artifacts/" + hex.substr(0, 2) + "/" + hex.substr(2);
}

// The folder of a server in its first or in a later life.
inline void make_server(const fs::path& folder, const std::string& life, const std::string& server = "ours") {
    put(folder / "oakum.db", "store of " + life);
    put(folder / "oakum.db-wal", "log of " + life);
    put(folder / "keys/online/ca.pem", server + " ca");
    put(folder / "keys/online/ca.key", server + " ca key");
    put(folder / "keys/online/timestamp.pem", server + " timestamp");
    put(folder / "keys/public/root.hex", server + " root");
    put(folder / "keys/offline/root.pem", server + " root key");
    put(folder / "feeds/kept/kev", "feed of " + life);
    put(folder / "advisories.oadb", "compiled of " + life);
    for (const std::string& content :
         {std::string("same"), std::string("of ") + life, std::string(5'000, 'z')})
        put(folder / artifact_name(content), content);
    put(folder / "uploads/u.part", "half");
    put(folder / "lock", "");
}

inline backup::About about() {
    return {"0.1.0", "ab:cd", base::from_unix_ms(1'760'000'000'000), 7, true};
}
inline fs::path back_up(const fs::path& data, const fs::path& file, const backup::About& words = about()) {
    put(data / "copy", get(data / "oakum.db")); // the caller's consistent copy
    must(backup::write(data, data / "copy", words, file));
    fs::remove(data / "copy");
    return file;
}
inline base::Status sound(const fs::path& store) {
    if (!get(store).starts_with("store of ")) return base::corrupt("the store is damaged");
    return {};
}

} // namespace oakum::backup::test
