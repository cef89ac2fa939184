// SPDX-License-Identifier: Apache-2.0
#include "faulty_disk.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <unistd.h>

namespace oakum::agent::test {
namespace {

constexpr std::size_t sector = 512;

std::string parent(const std::string& name) {
    const std::size_t slash = name.rfind('/');
    return slash == std::string::npos ? "" : name.substr(0, slash);
}
std::string leaf(const std::string& name) {
    return name.substr(name.rfind('/') + 1);
}

// Nodes as they are on the medium, with what is pending for each.
struct Node {
    bool folder = false;
    std::string bytes;
    std::map<std::string, int> names;
    std::vector<const Act*> pending;
};

void apply_bytes(std::string& bytes, const Act& act, std::string_view written) {
    if (act.kind == Act::Kind::truncate) {
        bytes.resize(act.offset);
        return;
    }
    // A gap that an earlier write would have filled reads as zeros.
    bytes.resize(std::max(bytes.size(), act.offset + written.size()), '\0');
    std::copy(written.begin(), written.end(), bytes.begin() + static_cast<std::ptrdiff_t>(act.offset));
}

void apply_name(std::map<std::string, int>& names, const Act& act) {
    if (act.kind == Act::Kind::rename) {
        names[act.target] = act.node;
        names.erase(act.name);
    } else if (act.kind == Act::Kind::remove) {
        names.erase(act.name);
    } else {
        names[act.name] = act.node;
    }
}

// Which of the pending changes arrived, and in what shape.
void lose_bytes(Node& node, Loss loss, Chance& chance) {
    for (std::size_t i = 0; i < node.pending.size(); ++i) {
        const Act& act = *node.pending[i];
        std::string written = act.bytes;
        switch (loss) {
        case Loss::all:
            continue;
        case Loss::nothing:
        case Loss::names:
            break;
        case Loss::contents:
            std::ranges::fill(written, '\0');
            break;
        case Loss::torn:
            if (i + 1 == node.pending.size() && !written.empty()) {
                const std::size_t half = written.size() / 2 / sector * sector;
                for (std::size_t at = half; at < written.size(); ++at)
                    written[at] = static_cast<char>(chance.next());
            }
            break;
        case Loss::some:
            if (chance.below(3) == 0) continue;
            if (!written.empty() && chance.below(2) == 0)
                written.resize(chance.below(2) == 0 ? chance.below(written.size() + 1)
                                                    : std::min(written.size(), sector));
            break;
        }
        apply_bytes(node.bytes, act, written);
    }
}

void lose_names(Node& node, Loss loss, Chance& chance) {
    for (const Act* act : node.pending) {
        if (loss == Loss::all || loss == Loss::names) return;
        if (loss == Loss::some && chance.below(3) == 0) continue;
        apply_name(node.names, *act);
    }
}

void collect(const std::map<int, Node>& nodes, int at, const std::string& path, Tree& tree) {
    for (const auto& [name, number] : nodes.at(at).names) {
        const std::string inner = path.empty() ? name : path + "/" + name;
        const Node& node = nodes.at(number);
        if (!node.folder) {
            tree.files[inner] = node.bytes;
            continue;
        }
        tree.folders.push_back(inner);
        collect(nodes, number, inner, tree);
    }
}

// The numbers that a fresh disk gives to what lies on it, as both the model and the live calls count them.
std::map<std::string, int> number(const Tree& tree) {
    std::map<std::string, int> numbers{{"", 0}};
    int next = 1;
    for (const std::string& folder : tree.folders)
        numbers[folder] = next++;
    for (const auto& [file, bytes] : tree.files)
        numbers[file] = next++;
    return numbers;
}

} // namespace

FaultyDisk* mounted = nullptr;

std::uint64_t Chance::next() {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    std::uint64_t mixed = state;
    mixed ^= mixed >> 33U;
    mixed *= 0xff51afd7ed558ccdULL;
    return mixed ^ mixed >> 29U;
}

Tree Tree::read(const std::filesystem::path& root) {
    namespace fs = std::filesystem;
    Tree tree;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
        const std::string name = fs::relative(entry.path(), root).string();
        if (entry.is_directory()) {
            tree.folders.push_back(name);
            continue;
        }
        std::ifstream in(entry.path(), std::ios::binary);
        tree.files[name] = std::string(std::istreambuf_iterator<char>(in), {});
    }
    std::ranges::sort(tree.folders);
    return tree;
}

void Tree::write(const std::filesystem::path& root) const {
    for (const std::string& folder : folders)
        std::filesystem::create_directories(root / folder);
    for (const auto& [name, bytes] : files) {
        const int out = ::open((root / name).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
        if (out < 0 || ::write(out, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
            std::abort();
        ::close(out);
    }
}

Tree after_cut(const Tree& before, const std::vector<Act>& acts, std::size_t count, Loss loss,
               Chance& chance) {
    std::map<int, Node> nodes;
    for (const auto& [name, id] : number(before)) {
        Node& node = nodes[id];
        const auto file = before.files.find(name);
        node.folder = file == before.files.end();
        if (!node.folder) node.bytes = file->second;
    }
    const auto numbers = number(before);
    for (const auto& [name, id] : numbers)
        if (!name.empty()) nodes[numbers.at(parent(name))].names[leaf(name)] = id;

    for (std::size_t i = 0; i < count; ++i) {
        const Act& act = acts[i];
        switch (act.kind) {
        case Act::Kind::make_folder:
            nodes[act.node].folder = true;
            [[fallthrough]];
        case Act::Kind::make_file:
            nodes[act.node];
            [[fallthrough]];
        case Act::Kind::rename:
        case Act::Kind::remove:
            nodes.at(act.folder).pending.push_back(&act);
            break;
        case Act::Kind::write:
        case Act::Kind::truncate:
            nodes.at(act.node).pending.push_back(&act);
            break;
        case Act::Kind::sync_file:
        case Act::Kind::sync_folder: {
            Node& node = nodes.at(act.node);
            for (const Act* pending : node.pending) {
                if (node.folder)
                    apply_name(node.names, *pending);
                else
                    apply_bytes(node.bytes, *pending, pending->bytes);
            }
            node.pending.clear();
            break;
        }
        case Act::Kind::outside:
            break;
        }
    }
    for (auto& [id, node] : nodes) {
        if (node.folder)
            lose_names(node, loss, chance);
        else
            lose_bytes(node, loss, chance);
    }
    Tree tree;
    collect(nodes, 0, "", tree);
    std::ranges::sort(tree.folders);
    return tree;
}

FaultyDisk::FaultyDisk(std::filesystem::path root, Fault fault)
    : root_(root.string() + "/"), before_(Tree::read(root)), fault_(fault) {
    nodes = number(before_);
    next_node = static_cast<int>(nodes.size());
    mounted = this;
}

FaultyDisk::~FaultyDisk() {
    mounted = nullptr;
}

bool FaultyDisk::healed() const {
    const std::uint64_t now = fault_.kind == Fault::Kind::no_memory ? allocations_ : count_;
    return now >= fault_.at + fault_.length;
}

FaultyDisk::Verdict FaultyDisk::admit(Act::Kind kind) {
    if (dead_) return {EIO};
    ++count_;
    if (count_ < fault_.at || count_ >= fault_.at + fault_.length) return {};
    if (fault_.kind == Fault::Kind::cut) {
        dead_ = hit_ = true;
        return {EIO};
    }
    if (fault_.kind == Fault::Kind::short_write && kind == Act::Kind::write) {
        hit_ = true;
        return {0, true};
    }
    if (fault_.kind != Fault::Kind::error) return {};
    // A full disk refuses what needs room, nothing else.
    const bool needs_room =
        kind == Act::Kind::write || kind == Act::Kind::make_file || kind == Act::Kind::make_folder;
    if (fault_.code == ENOSPC && !needs_room) return {};
    hit_ = true;
    return {fault_.code};
}

bool FaultyDisk::allocate() {
    if (fault_.kind != Fault::Kind::no_memory) return true;
    ++allocations_;
    if (allocations_ < fault_.at || allocations_ >= fault_.at + fault_.length) return true;
    hit_ = true;
    return false;
}

void FaultyDisk::note(Act act) {
    acts_.push_back(std::move(act));
}

void FaultyDisk::happened_outside() {
    Act act{};
    act.kind = Act::Kind::outside;
    if (!dead_) note(std::move(act));
}

std::optional<std::string> FaultyDisk::inside(std::string_view path) const {
    if (path.size() + 1 == root_.size() && root_.starts_with(path)) return "";
    if (!path.starts_with(root_)) return std::nullopt;
    std::string name(path.substr(root_.size()));
    while (name.ends_with('/'))
        name.pop_back();
    return name;
}

int FaultyDisk::node_of(const std::string& name) const {
    const auto found = nodes.find(name);
    return found == nodes.end() ? -1 : found->second;
}

int FaultyDisk::parent_of(const std::string& name) const {
    return node_of(parent(name));
}

} // namespace oakum::agent::test
