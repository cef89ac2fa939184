// SPDX-License-Identifier: Apache-2.0
#include "static_files.hpp"

#include "problem.hpp"

#include <base/digest.hpp>

#include <array>
#include <fstream>

namespace oakum::api {
namespace {

constexpr std::size_t kMaxFiles = 2000;
constexpr int kMaxDepth = 8;

struct Type {
    std::string_view ending, type;
};
constexpr std::array<Type, 15> kTypes{{{".html", "text/html; charset=utf-8"},
                                       {".js", "text/javascript; charset=utf-8"},
                                       {".mjs", "text/javascript; charset=utf-8"},
                                       {".css", "text/css; charset=utf-8"},
                                       {".json", "application/json"},
                                       {".map", "application/json"},
                                       {".svg", "image/svg+xml"},
                                       {".png", "image/png"},
                                       {".jpg", "image/jpeg"},
                                       {".webp", "image/webp"},
                                       {".ico", "image/x-icon"},
                                       {".woff2", "font/woff2"},
                                       {".txt", "text/plain; charset=utf-8"},
                                       {".webmanifest", "application/manifest+json"},
                                       {".wasm", "application/wasm"}}};

std::string type_of(const std::string& name) {
    for (const Type& known : kTypes)
        if (name.ends_with(known.ending)) return std::string(known.type);
    return "application/octet-stream";
}

base::Result<std::string> tag_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    base::Sha256 hash;
    std::array<char, 65'536> piece{};
    while (file) {
        file.read(piece.data(), piece.size());
        hash.update(std::string_view(piece.data(), static_cast<std::size_t>(file.gcount())));
    }
    if (!file.eof()) return base::unavailable("reading " + path.string());
    return "\"" + hash.finish().hex().substr(0, 32) + "\"";
}

bool accepts_gzip(const ports::HttpRequest& request) {
    const std::string_view accepted = request.header("accept-encoding");
    return accepted.find("gzip") != std::string_view::npos &&
           accepted.find("gzip;q=0") == std::string_view::npos;
}

} // namespace

base::Result<StaticFiles> StaticFiles::read(const std::filesystem::path& folder) {
    std::error_code error;
    StaticFiles result;
    std::filesystem::recursive_directory_iterator at(folder, error);
    if (error)
        return base::not_found("the dashboard's folder " + folder.string() +
                               " cannot be read: " + error.message());
    for (const std::filesystem::recursive_directory_iterator end; at != end; at.increment(error)) {
        if (error) return base::unavailable("reading " + folder.string() + ": " + error.message());
        if (at.depth() > kMaxDepth)
            return base::too_large("the dashboard's folder is deeper than " + std::to_string(kMaxDepth));
        if (at->is_symlink() || !at->is_regular_file()) continue;
        if (result.files_.size() >= kMaxFiles)
            return base::too_large("the dashboard's folder has more than " + std::to_string(kMaxFiles) +
                                   " files");
        File file;
        file.path = at->path();
        file.length = at->file_size();
        const std::string name = "/" + at->path().lexically_relative(folder).generic_string();
        file.type = type_of(name);
        TRY_VALUE(file.tag, tag_of(file.path));
        result.files_.emplace(name, std::move(file));
    }
    for (auto& [name, file] : result.files_)
        if (const auto packed = result.files_.find(name + ".gz"); packed != result.files_.end())
            file.gzip = {packed->second.path, packed->second.length};
    if (!result.files_.contains("/index.html"))
        return base::not_found("the dashboard's folder " + folder.string() +
                               " has no index.html; build web/ first");
    return result;
}

std::optional<ports::HttpResponse> StaticFiles::get(const ports::HttpRequest& request) const {
    auto found = files_.find(request.path);
    if (found == files_.end()) {
        const std::string_view last = std::string_view(request.path).substr(request.path.rfind('/') + 1);
        if (last.find('.') != std::string_view::npos || request.path.starts_with("/assets/"))
            return std::nullopt;
        found = files_.find("/index.html");
    }
    const File& file = found->second;
    ports::HttpResponse response;
    add_page_headers(response);
    // Files below assets carry a hash of their content in their names.
    const bool immutable = found->first.starts_with("/assets/");
    response.headers.emplace_back("Cache-Control",
                                  immutable ? "public, max-age=31536000, immutable" : "no-cache");
    const bool packed = file.gzip && accepts_gzip(request);
    const std::string tag = packed ? file.tag.substr(0, file.tag.size() - 1) + "-gz\"" : file.tag;
    response.headers.emplace_back("ETag", tag);
    if (file.gzip) response.headers.emplace_back("Vary", "Accept-Encoding");
    if (request.header("if-none-match") == tag) {
        response.status = 304;
        return response;
    }
    response.headers.emplace_back("Content-Type", file.type);
    if (packed) {
        response.headers.emplace_back("Content-Encoding", "gzip");
        response.body = ports::FileRange{.path = file.gzip->first, .offset = 0, .length = file.gzip->second};
    } else {
        response.body = ports::FileRange{.path = file.path, .offset = 0, .length = file.length};
    }
    return response;
}

} // namespace oakum::api
