// SPDX-License-Identifier: Apache-2.0
#include <outbound/fetcher.hpp>

#include <outbound/address.hpp>

#include <algorithm>
#include <charconv>
#include <curl/curl.h>
#include <memory>
#include <sys/socket.h>
#include <unistd.h>

namespace oakum::outbound {
namespace {

using ports::FetchAnswer;
using ports::FetchWish;

using Easy = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using List = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

constexpr std::uint64_t kLargestRefusal = 64 << 10; // of an answer that is no success, read over
constexpr std::size_t kMostSaid = 16 << 10;         // of it, kept

// What the callbacks of one transfer share.
struct Transfer {
    CURL* easy = nullptr;
    const FetcherOptions* options = nullptr;
    const FetchWish* wish = nullptr;
    const ports::Fetcher::Taker* taker = nullptr;
    const std::atomic<bool>* ending = nullptr;
    bool by_proxy = false, plain = false;
    std::optional<base::Error> failed; // ours, which says more than libcurl's
    FetchAnswer answer;
    bool begun = false;
    std::uint64_t bytes = 0;
};

bool is_of(std::string_view line, std::string_view name) {
    return line.size() > name.size() && line[name.size()] == ':' &&
           std::ranges::equal(line.substr(0, name.size()), name, [](char a, char b) {
               return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
           });
}

std::string value_of(std::string_view line) {
    line.remove_prefix(line.find(':') + 1);
    while (!line.empty() && (line.front() == ' ' || line.front() == '\t'))
        line.remove_prefix(1);
    while (!line.empty() && (line.back() == '\r' || line.back() == '\n' || line.back() == ' '))
        line.remove_suffix(1);
    return std::string(line.substr(0, 512));
}

std::optional<std::uint64_t> number_of(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

// "bytes 100-199/200"; the whole may be "*" (RFC 9110, 14.4).
void read_range(std::string_view text, FetchAnswer& answer) {
    constexpr std::string_view kUnit = "bytes ";
    if (!text.starts_with(kUnit)) return;
    text.remove_prefix(kUnit.size());
    const std::size_t dash = text.find('-'), slash = text.find('/');
    if (dash == std::string_view::npos || slash == std::string_view::npos || dash > slash) return;
    if (const auto from = number_of(text.substr(0, dash))) answer.from = *from;
    answer.length = number_of(text.substr(slash + 1));
}

std::size_t take_header(const char* data, std::size_t size, std::size_t count, void* of) {
    auto& transfer = *static_cast<Transfer*>(of);
    const std::string_view line(data, size * count);
    FetchAnswer& answer = transfer.answer;
    if (line.starts_with("HTTP/")) { // of the next answer, after a redirect
        answer = {};
        answer.from = ~std::uint64_t{0};
    } else if (is_of(line, "etag")) {
        answer.etag = value_of(line);
    } else if (is_of(line, "last-modified")) {
        answer.last_modified = value_of(line);
    } else if (is_of(line, "content-length")) {
        if (!answer.length) answer.length = number_of(value_of(line));
    } else if (is_of(line, "content-range")) {
        read_range(value_of(line), answer);
    }
    return size * count;
}

// Before the first byte; false: it is not wanted.
bool begin(Transfer& transfer) {
    long status = 0;
    curl_easy_getinfo(transfer.easy, CURLINFO_RESPONSE_CODE, &status);
    FetchAnswer& answer = transfer.answer;
    answer.status = static_cast<int>(status);
    transfer.begun = true;
    if (status == 200) answer.from = 0;
    // Which bytes came has to be told, or they could be any.
    if (status == 206 && answer.from != transfer.wish->from) {
        transfer.failed = base::unavailable("it sent another part than was asked for");
        return false;
    }
    if (status != 200 && status != 206) return true;
    if (answer.length && *answer.length > transfer.wish->largest) {
        transfer.failed = base::too_large("it has " + std::to_string(*answer.length) + " bytes; at most " +
                                          std::to_string(transfer.wish->largest) + " are taken");
        return false;
    }
    transfer.bytes = answer.from;
    if (base::Status taken = transfer.taker->begin(answer); !taken.ok()) {
        transfer.failed = std::move(taken).error();
        return false;
    }
    return true;
}

std::size_t take_piece(const char* data, std::size_t size, std::size_t count, void* of) {
    auto& transfer = *static_cast<Transfer*>(of);
    const std::size_t bytes = size * count;
    if (!transfer.begun && !begin(transfer)) return 0;
    transfer.bytes += bytes;
    const bool success = transfer.answer.status == 200 || transfer.answer.status == 206;
    if (!success) {
        std::string& said = transfer.answer.said;
        said.append(data, std::min(bytes, kMostSaid - said.size()));
        return transfer.bytes > kLargestRefusal ? 0 : bytes;
    }
    if (transfer.bytes > transfer.wish->largest) {
        transfer.failed = base::too_large("it is longer than the " + std::to_string(transfer.wish->largest) +
                                          " bytes that are taken");
        return 0;
    }
    base::Status taken = transfer.taker->piece(base::as_bytes(std::string_view(data, bytes)));
    if (taken.ok()) return bytes;
    transfer.failed = std::move(taken).error();
    return 0;
}

base::Error key_in_clear() {
    return base::denied("a key or a password would go over the network for all to read: use https");
}

// Decides on the very address that is connected to, whatever the name was said to be before.
curl_socket_t open_socket(void* of, curlsocktype, curl_sockaddr* address) {
    auto& transfer = *static_cast<Transfer*>(of);
    const bool world = reach_of(address->addr) == Reach::world;
    if (!transfer.by_proxy && !transfer.options->own_addresses && !world) {
        transfer.failed =
            base::denied("its address is this machine's or one of a private network, and this program was "
                         "not allowed to reach those (" +
                         transfer.options->own_addresses_word + ")");
        return CURL_SOCKET_BAD;
    }
    if (transfer.plain && transfer.wish->key && world) {
        transfer.failed = key_in_clear();
        return CURL_SOCKET_BAD;
    }
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

int go_on(void* of, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    const auto& transfer = *static_cast<const Transfer*>(of);
    return transfer.ending->load() || transfer.taker->stopped() ? 1 : 0;
}

bool add(List& list, const std::string& line) {
    curl_slist* const head = curl_slist_append(list.get(), line.c_str());
    if (head == nullptr) return false;
    if (!list) list.reset(head); // of a list with lines in it the head stays what it is
    return true;
}

base::Error failure(const Transfer& transfer, CURLcode code) {
    if (transfer.failed) return *transfer.failed;
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
        return base::unavailable(
            "its name cannot be resolved: look at the address and at this machine's DNS");
    case CURLE_COULDNT_RESOLVE_PROXY:
        return base::unavailable("the proxy's name cannot be resolved");
    case CURLE_COULDNT_CONNECT:
        return base::unavailable("nobody answers at its address: look at the network, and whether a proxy is "
                                 "needed (" +
                                 transfer.options->proxy_word + ")");
    case CURLE_OPERATION_TIMEDOUT:
        return base::unavailable(transfer.bytes > 0
                                     ? "it fell silent after " + std::to_string(transfer.bytes) + " bytes"
                                     : "it did not answer in time");
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_HTTP2_STREAM:
    case CURLE_HTTP2:
        return base::unavailable("the connection was cut off after " + std::to_string(transfer.bytes) +
                                 " bytes");
    case CURLE_PEER_FAILED_VERIFICATION:
        return base::invalid(
            "its certificate is not one that this machine trusts; of an authority of your own tell " +
            transfer.options->authorities_word);
    case CURLE_SSL_CACERT_BADFILE:
        return base::invalid("the file of authorities that are trusted cannot be read");
    case CURLE_SSL_CONNECT_ERROR:
        return base::unavailable("no secure connection came about");
    case CURLE_ABORTED_BY_CALLBACK:
        return base::unavailable("it was stopped");
    case CURLE_TOO_MANY_REDIRECTS:
        return base::invalid("it leads from one address to the next without end");
    case CURLE_FILESIZE_EXCEEDED:
        return base::too_large("it has more than the " + std::to_string(transfer.wish->largest) +
                               " bytes that are taken");
    case CURLE_URL_MALFORMAT:
        return base::invalid("its address cannot be used");
    case CURLE_UNSUPPORTED_PROTOCOL:
        return base::invalid("it does not speak HTTP, or leads to an address that is not https");
    default:
        return base::unavailable(curl_easy_strerror(code));
    }
}

std::string host_of(const char* url) {
    std::string host;
    const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parts(curl_url(), curl_url_cleanup);
    char* text = nullptr;
    if (parts && curl_url_set(parts.get(), CURLUPART_URL, url, 0) == CURLUE_OK &&
        curl_url_get(parts.get(), CURLUPART_HOST, &text, 0) == CURLUE_OK) {
        host = text;
        curl_free(text);
    }
    return host;
}

} // namespace

bool is_without_proxy(std::string_view host, std::string_view no_proxy) {
    while (!no_proxy.empty()) {
        const std::size_t comma = no_proxy.find(',');
        std::string_view name = no_proxy.substr(0, comma);
        no_proxy.remove_prefix(comma == std::string_view::npos ? no_proxy.size() : comma + 1);
        while (name.starts_with(' '))
            name.remove_prefix(1);
        while (name.ends_with(' '))
            name.remove_suffix(1);
        if (name == "*") return true;
        while (name.starts_with('.'))
            name.remove_prefix(1);
        if (name.empty() || !host.ends_with(name)) continue;
        if (host.size() == name.size() || host[host.size() - name.size() - 1] == '.') return true;
    }
    return false;
}

CurlFetcher::CurlFetcher(FetcherOptions options) : options_(std::move(options)) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

CurlFetcher::~CurlFetcher() {
    curl_global_cleanup();
}

base::Result<FetchAnswer> CurlFetcher::fetch(const FetchWish& wish, const Taker& taker) {
    const Easy owned(curl_easy_init(), curl_easy_cleanup);
    CURL* const easy = owned.get();
    if (easy == nullptr) return base::unavailable("no memory");
    Transfer transfer;
    transfer.easy = easy;
    transfer.options = &options_;
    transfer.wish = &wish;
    transfer.taker = &taker;
    transfer.ending = &ending_;
    transfer.plain = wish.url.starts_with("http://");
    if (transfer.plain && !options_.own_addresses) return base::invalid("its address is not https");
    // Decided here once, so that it is known whom a socket leads to.
    transfer.by_proxy =
        !options_.proxy.empty() && !is_without_proxy(host_of(wish.url.c_str()), options_.no_proxy);
    // Whom a proxy leads to is not seen.
    if (transfer.plain && wish.key && transfer.by_proxy) return key_in_clear();

    List headers(nullptr, curl_slist_free_all);
    bool made = true;
    if (wish.key) made = add(headers, wish.key->first + ": " + wish.key->second);
    if (wish.packed) made = made && add(headers, "Accept-Encoding: gzip");
    if (!wish.etag.empty()) made = made && add(headers, "If-None-Match: " + wish.etag);
    if (!wish.last_modified.empty()) made = made && add(headers, "If-Modified-Since: " + wish.last_modified);
    const std::string range = std::to_string(wish.from) + "-";
    if (wish.from > 0) {
        made = made && add(headers, "If-Range: " + wish.version);
        curl_easy_setopt(easy, CURLOPT_RANGE, range.c_str());
    }
    const bool sends = wish.method != "GET";
    if (sends) {
        // Nothing is waited for before the body.
        made = made && add(headers, "Expect:") && add(headers, "Content-Type: " + wish.content_type);
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, wish.method.c_str());
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(wish.body.size()));
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, wish.body.data());
    }
    if (!made) return base::unavailable("no memory");
    curl_easy_setopt(easy, CURLOPT_URL, wish.url.c_str());
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "Oakum");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, options_.own_addresses ? "https,http" : "https");
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, transfer.plain ? "https,http" : "https");
    // A header of a key would be sent along, and so would a body.
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, wish.key || sends ? 0L : 1L);
    curl_easy_setopt(easy, CURLOPT_MAXREDIRS, options_.most_redirects);
    curl_easy_setopt(easy, CURLOPT_PROXY, transfer.by_proxy ? options_.proxy.c_str() : "");
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
    curl_easy_setopt(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!options_.authorities.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, options_.authorities.c_str());
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, static_cast<long>(options_.connect_timeout.count()));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, static_cast<long>(options_.whole.count()));
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 16L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, static_cast<long>(options_.silence.count()));
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &transfer);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &transfer);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_piece);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, go_on);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, &transfer);
    // A name server that says nothing is left alone: neither the limits nor the program's end wait for it.
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);

    const CURLcode code = curl_easy_perform(easy);
    if (code == CURLE_OK && !transfer.begun && !begin(transfer)) return failure(transfer, code);
    const bool refused =
        transfer.begun && transfer.answer.status >= 300; // what follows that is of no interest
    if (code != CURLE_OK && !(refused && !transfer.failed)) return failure(transfer, code);
    curl_off_t wait = 0;
    if (curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &wait) == CURLE_OK && wait > 0)
        transfer.answer.retry_after = std::chrono::seconds(std::min<curl_off_t>(wait, 7 * 86'400));
    char* last = nullptr;
    if (curl_easy_getinfo(easy, CURLINFO_EFFECTIVE_URL, &last) == CURLE_OK && last != nullptr)
        transfer.answer.server = host_of(last);
    return transfer.answer;
}

} // namespace oakum::outbound
