// SPDX-License-Identifier: Apache-2.0
#include <exchange/files.hpp>

#include <exchange/range.hpp>

#include <algorithm>
#include <fstream>
#include <memory>

namespace oakum::exchange {
namespace {

using ports::HttpRequest;
using ports::HttpResponse;

constexpr std::string_view kOctets = "application/octet-stream";
constexpr std::size_t kPiece = 64 << 10;

std::string content_range(const ByteRange& range, std::uint64_t length) {
    return "bytes " + std::to_string(range.offset) + "-" + std::to_string(range.offset + range.length - 1) +
           "/" + std::to_string(length);
}

// The parts of a multipart/byteranges body, each read when the connection can take it.
class Parts final : public ports::EventStream {
  public:
    Parts(std::filesystem::path path, std::uint64_t length, std::vector<ByteRange> ranges,
          std::string boundary)
        : path_(std::move(path)), length_(length), ranges_(std::move(ranges)),
          boundary_(std::move(boundary)) {}

    std::optional<std::string> next() override {
        if (ended_) return std::nullopt;
        if (left_ > 0) return piece();
        if (at_ == ranges_.size()) {
            ended_ = true;
            return "\r\n--" + boundary_ + "--\r\n";
        }
        if (!file_.is_open()) file_.open(path_, std::ios::binary);
        const ByteRange& range = ranges_[at_++];
        file_.seekg(static_cast<std::streamoff>(range.offset));
        left_ = range.length;
        return "\r\n--" + boundary_ + "\r\nContent-Type: " + std::string(kOctets) +
               "\r\nContent-Range: " + content_range(range, length_) + "\r\n\r\n";
    }
    void on_wake(std::function<void()>) override {} // there is always more, until the end
    bool waits_for_disk() const override { return true; }

  private:
    std::optional<std::string> piece() {
        std::string bytes(static_cast<std::size_t>(std::min<std::uint64_t>(left_, kPiece)), '\0');
        file_.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        // A file that cannot be read any more: the last boundary is missing, so the peer sees that it was
        // cut.
        if (static_cast<std::size_t>(file_.gcount()) != bytes.size()) {
            ended_ = true;
            return std::nullopt;
        }
        left_ -= bytes.size();
        return bytes;
    }

    const std::filesystem::path path_;
    std::ifstream file_;
    const std::uint64_t length_;
    const std::vector<ByteRange> ranges_;
    const std::string boundary_;
    std::size_t at_ = 0;
    std::uint64_t left_ = 0;
    bool ended_ = false;
};

bool names(std::string_view list, std::string_view tag) {
    return list == "*" || list.find(tag) != std::string_view::npos;
}

} // namespace

HttpResponse answer_file(const HttpRequest& request, const ServedFile& file) {
    HttpResponse response;
    const auto add = [&](std::string name, std::string value) {
        response.headers.emplace_back(std::move(name), std::move(value));
    };
    if (const auto must = request.header("if-match"); !must.empty() && !names(must, file.tag)) {
        response.status = 412;
        return response;
    }
    add("ETag", file.tag);
    add("Accept-Ranges", "bytes");
    if (const auto same = request.header("if-none-match"); !same.empty() && names(same, file.tag)) {
        response.status = 304;
        return response;
    }
    add("X-Content-Type-Options", "nosniff");
    if (!file.name.empty()) add("Content-Disposition", "attachment;filename=\"" + file.name + "\"");
    const std::string_view same = request.header("if-range");
    const std::string_view asked = (same.empty() || same == file.tag) && request.method == ports::Method::get
                                       ? request.header("range")
                                       : "";
    const auto several = read_ranges(asked, file.length);
    if (several && several->size() > 1) {
        const std::string boundary =
            "oakum-" + file.tag.substr(1, std::min<std::size_t>(24, file.tag.size() - 2));
        response.status = 206;
        add("Content-Type", "multipart/byteranges; boundary=" + boundary);
        // Shared between this answer and the connection that drains it.
        response.body = std::shared_ptr<ports::EventStream>(
            std::make_shared<Parts>(file.path, file.length, *several, boundary));
        return response;
    }
    RangeAnswer range = read_range(asked, file.length);
    if (several)
        range = several->empty() ? RangeAnswer{RangeKind::unsatisfiable, {}}
                                 : RangeAnswer{RangeKind::part, several->front()};
    if (range.kind == RangeKind::unsatisfiable) {
        response.headers.clear();
        response.status = 416;
        add("Content-Range", "bytes */" + std::to_string(file.length));
        return response;
    }
    add("Content-Type", std::string(kOctets));
    if (range.kind == RangeKind::part) {
        response.status = 206;
        add("Content-Range", content_range(range.range, file.length));
    }
    response.body =
        ports::FileRange{.path = file.path, .offset = range.range.offset, .length = range.range.length};
    return response;
}

} // namespace oakum::exchange
