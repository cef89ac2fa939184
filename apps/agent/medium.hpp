// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "files.hpp"

#include <base/digest.hpp>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace oakum::agent {

// Writes an image where a slot's system lies. One slot at a time: begin, write, finish, read_back.
class Medium {
  public:
    virtual ~Medium() = default;
    // Bytes that an image for this slot may have.
    virtual base::Result<std::uint64_t> capacity(const std::string& slot) = 0;
    virtual base::Status begin(const std::string& slot) = 0;
    virtual base::Status write(base::ByteView piece) = 0;
    // Errors: unavailable (an installer refused; with its words), those of writing.
    virtual base::Status finish() = 0;
    // Errors: corrupt (the medium holds something else).
    virtual base::Status read_back(const updates::Image& image) = 0;
};

// The first `length` bytes of a partition or file, from the medium itself where the kernel lets us.
base::Result<base::Digest256> hash_medium(const std::filesystem::path& path, std::uint64_t length);

// One thing that an update writes: a partition for each slot.
struct Component {
    std::string name; // of its file in the image; empty when the image is this one thing
    std::map<std::string, std::filesystem::path> partitions; // by slot
};

// Partitions (or files) written directly, nothing kept beside them. With one component the image is its
// content; with several it is an archive (firmware_image.hpp) of one file each, no more and no fewer, written
// in its order: the slot is not bootable before all are in place.
class PartitionMedium final : public Medium {
  public:
    explicit PartitionMedium(std::vector<Component> components);
    ~PartitionMedium() override;
    base::Result<std::uint64_t> capacity(const std::string& slot) override;
    base::Status begin(const std::string& slot) override;
    base::Status write(base::ByteView piece) override;
    base::Status finish() override;
    base::Status read_back(const updates::Image& image) override;

  private:
    class Splitter;
    const std::vector<Component> components_;
    std::string slot_;
    std::unique_ptr<Splitter> splitter_; // several components
    Descriptor out_;                     // one
    std::uint64_t left_ = 0;
};

// SWUpdate, told by its own client over its socket to install the download where it lies. Its archive names
// a selection for each slot; its images are stored as they are, and each is read back.
class SwupdateMedium final : public Medium {
  public:
    struct Options {
        std::filesystem::path download;
        std::map<std::string, std::string> selections; // by slot: "stable,a"
        std::vector<Component> images;                 // named as in the archive
        std::filesystem::path sockets;                 // TMPDIR of the service; empty: the usual place
        std::uint64_t capacity = 0;
    };
    explicit SwupdateMedium(Options options) : options_(std::move(options)) {}
    base::Result<std::uint64_t> capacity(const std::string&) override { return options_.capacity; }
    base::Status begin(const std::string& slot) override;
    // The installer reads the download itself.
    base::Status write(base::ByteView) override { return {}; }
    base::Status finish() override;
    base::Status read_back(const updates::Image& image) override;

  private:
    Options options_;
    std::string slot_;
};

// A file in a cpio archive ("newc" with or without sums), as SWUpdate makes it.
struct Packed {
    std::uint64_t length = 0;
    base::Digest256 digest;
};
// Errors: not_found, corrupt, and those of reading.
base::Result<Packed> find_in_cpio(const std::filesystem::path& archive, std::string_view name);

} // namespace oakum::agent
