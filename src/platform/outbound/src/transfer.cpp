// SPDX-License-Identifier: Apache-2.0
#include "transfer.hpp"

#include <outbound/address.hpp>

#include <algorithm>
#include <curl/curl.h>
#include <optional>
#include <string>
#include <string_view>
#include <unistd.h>

namespace oakum::outbound {
namespace {

using Easy = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using List = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

// What the callbacks of one transfer share.
struct Transfer {
    const CourierOptions* options = nullptr;
    const std::atomic<bool>* ending = nullptr;
    bool mail = false, plain = false;   // plain: without TLS
    std::optional<std::string> refused; // why no socket was opened
    bool loopback = false;              // it is connected to this machine
    std::size_t answer = 0;
    std::string_view text; // of a mail, what is left of it
};

// Decides on the very address that is connected to, whatever the name was said to be before.
curl_socket_t open_socket(void* of, curlsocktype, curl_sockaddr* address) {
    auto& transfer = *static_cast<Transfer*>(of);
    const Reach reach = reach_of(address->addr);
    transfer.loopback = reach == Reach::loopback;
    if (!transfer.mail && reach != Reach::world && !transfer.options->own_addresses) {
        transfer.refused =
            "its address is this machine's or one of a private network, and this server was not allowed to "
            "reach those (oakumd --allow-private-channels)";
        return CURL_SOCKET_BAD;
    }
    if (transfer.plain && (transfer.mail ? reach != Reach::loopback : reach == Reach::world)) {
        transfer.refused = transfer.mail ? "without TLS mail goes to this machine only"
                                         : "what goes out into the world goes by https";
        return CURL_SOCKET_BAD;
    }
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t take_answer(const char*, std::size_t size, std::size_t count, void* of) {
    auto& transfer = *static_cast<Transfer*>(of);
    transfer.answer += size * count;
    return transfer.answer > transfer.options->largest_answer ? 0 : size * count;
}

std::size_t give_text(char* to, std::size_t size, std::size_t count, void* of) {
    auto& transfer = *static_cast<Transfer*>(of);
    const std::size_t piece = std::min(transfer.text.size(), size * count);
    transfer.text.copy(to, piece);
    transfer.text.remove_prefix(piece);
    return piece;
}

int go_on(void* of, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<const Transfer*>(of)->ending->load() ? 1 : 0;
}

bool add(List& list, const std::string& line) {
    curl_slist* const head = curl_slist_append(list.get(), line.c_str());
    if (head == nullptr) return false;
    if (!list) list.reset(head); // of a list with lines in it the head stays what it is
    return true;
}

// Of an error of the transfer itself, before or instead of an answer.
base::Status failure(const Transfer& transfer, CURLcode code) {
    if (transfer.refused) return base::denied(*transfer.refused);
    switch (code) {
    case CURLE_OK:
        return {};
    case CURLE_COULDNT_RESOLVE_HOST:
        return base::unavailable("its name cannot be resolved");
    case CURLE_COULDNT_CONNECT:
        return base::unavailable("nobody answers at its address");
    case CURLE_OPERATION_TIMEDOUT:
        return base::unavailable("it did not answer in time");
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
        return base::unavailable("its certificate is not one that this machine trusts");
    case CURLE_USE_SSL_FAILED:
        return base::unavailable(
            "it offers no TLS (STARTTLS), and without it mail goes to this machine only");
    case CURLE_LOGIN_DENIED:
        return base::unavailable("it refuses the account and its password");
    case CURLE_ABORTED_BY_CALLBACK:
        return base::unavailable("the server was ending");
    case CURLE_WRITE_ERROR:
        return base::unavailable("its answer was too long");
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return base::invalid("its address cannot be used");
    default:
        return base::unavailable(curl_easy_strerror(code));
    }
}

void set_limits(CURL* easy, Transfer& transfer) {
    const CourierOptions& options = *transfer.options;
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, static_cast<long>(options.connect_timeout.count()));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, static_cast<long>(options.timeout.count()));
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &transfer);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_answer);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, go_on);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, &transfer);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    // A name server that says nothing is left alone: neither the limits above nor the server's end wait for
    // it.
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
}

base::Status carry(CURL* easy, const ports::WebhookParcel& parcel, Transfer& transfer) {
    transfer.plain = parcel.url.starts_with("http://");
    List headers(nullptr, curl_slist_free_all);
    bool made = add(headers, "Expect:");
    for (const auto& [name, value] : parcel.headers)
        made = made && add(headers, name + ": " + value);
    if (!made) return base::unavailable("no memory");
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https,http");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_URL, parcel.url.c_str());
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(parcel.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, parcel.body.data());
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "Oakum");
    if (const CURLcode code = curl_easy_perform(easy); code != CURLE_OK) return failure(transfer, code);
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    if (status >= 200 && status < 300) return {};
    const std::string said = "it answered with status " + std::to_string(status);
    if (status >= 300 && status < 400) return base::denied(said + ", a redirect, which is not followed");
    // Too early, too many, and whatever is the receiver's own trouble.
    const bool later = status == 408 || status == 425 || status == 429 || status >= 500;
    return later ? base::unavailable(said) : base::invalid(said);
}

base::Status carry(CURL* easy, const ports::MailParcel& parcel, Transfer& transfer) {
    List to(nullptr, curl_slist_free_all);
    bool made = true;
    for (const std::string& each : parcel.to)
        made = made && add(to, "<" + each + ">");
    if (!made) return base::unavailable("no memory");
    const std::string from = "<" + parcel.from + ">";
    transfer.mail = true;
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(easy, CURLOPT_URL, parcel.url.c_str());
    curl_easy_setopt(easy, CURLOPT_MAIL_FROM, from.c_str());
    curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, to.get());
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, give_text);
    curl_easy_setopt(easy, CURLOPT_READDATA, &transfer);
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    if (!parcel.account.empty()) {
        curl_easy_setopt(easy, CURLOPT_USERNAME, parcel.account.c_str());
        curl_easy_setopt(easy, CURLOPT_PASSWORD, parcel.password.c_str());
    }
    // Neither text nor password goes in the open; a relay on this machine itself may have no TLS.
    transfer.text = parcel.text;
    curl_easy_setopt(easy, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
    CURLcode code = curl_easy_perform(easy);
    if (code == CURLE_USE_SSL_FAILED && transfer.loopback) {
        transfer.text = parcel.text;
        curl_easy_setopt(easy, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_NONE));
        transfer.plain = true;
        code = curl_easy_perform(easy);
    }
    if (code == CURLE_OK || transfer.refused) return failure(transfer, code);
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    // 5yz is for good (RFC 5321, 4.2.1); what came before an answer is not.
    if (status >= 500 && status < 600 && code != CURLE_LOGIN_DENIED)
        return base::invalid("the mail server refused with status " + std::to_string(status));
    if (status >= 400 && status < 500)
        return base::unavailable("the mail server answered with status " + std::to_string(status));
    return failure(transfer, code);
}

} // namespace

base::Status carry(const ports::Parcel& parcel, const CourierOptions& options,
                   const std::atomic<bool>& ending) {
    const Easy easy(curl_easy_init(), curl_easy_cleanup);
    if (!easy) return base::unavailable("no memory");
    Transfer transfer;
    transfer.options = &options;
    transfer.ending = &ending;
    set_limits(easy.get(), transfer);
    return std::visit([&](const auto& one) { return carry(easy.get(), one, transfer); }, parcel);
}

} // namespace oakum::outbound
