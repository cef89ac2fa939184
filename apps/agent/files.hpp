// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <updates/ports.hpp>

#include <filesystem>

namespace oakum::agent {

// An open file that is closed with its owner.
class Descriptor {
  public:
    explicit Descriptor(int number = -1) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
    Descriptor& operator=(Descriptor&& other) noexcept;
    ~Descriptor() { close(); }
    int number() const { return number_; }
    bool open() const { return number_ >= 0; }
    int release();
    void close();

  private:
    int number_;
};

// What errno says, as an error: unavailable for space and IO, not_found, denied.
base::Error system_error(const std::string& doing);
// All bytes, whatever the kernel takes at once.
base::Status write_all(int descriptor, base::ByteView bytes);
// The first `length` bytes of a file in pieces; a shorter file is an error.
base::Status read_pieces(const std::filesystem::path& path, std::uint64_t length,
                         const updates::Piece& piece);
base::Result<std::uint64_t> free_space(const std::filesystem::path& folder);
// What a power cut left of files that were being written in the folder of a device.
void remove_unfinished(const std::filesystem::path& folder);

// Keep as files of one folder.
class FolderKeep final : public updates::Keep {
  public:
    explicit FolderKeep(std::filesystem::path folder) : folder_(std::move(folder)) {}
    base::Result<std::optional<std::string>> load(const std::string& name) override;
    base::Status save(const std::string& name, std::string_view text) override;
    base::Status remove(const std::string& name) override;
    base::Result<std::vector<std::string>> names() override;

  private:
    std::filesystem::path folder_;
};

// Staging as one file.
class FileStaging final : public updates::Staging {
  public:
    explicit FileStaging(std::filesystem::path file) : file_(std::move(file)) {}
    base::Result<std::uint64_t> held() override;
    base::Status append(base::ByteView piece) override;
    base::Status sync() override;
    base::Status read(const updates::Piece& piece) override;
    base::Status clear() override;
    base::Result<std::uint64_t> space() override { return free_space(file_.parent_path()); }

  private:
    std::filesystem::path file_;
    Descriptor out_;
};

} // namespace oakum::agent
