using Hufu.Contracts;

namespace Hufu.Ra.Notices;

/// <summary>The words of notices, Chinese first, English below. Plain text; the line <c>Code: …</c> is for people and software alike.</summary>
internal static class NoticeText
{
    [Clause("6.2.3.2-a")]
    public static (string Subject, string Body) Issued(string application, string title, string code, string until, string address) => (
        $"证书已签发，请领取（{application}）",
        $"""
        {title}：

        您申请的证书已签发。请在北京时间 {until} 前，用申请时的密码介质和下面的一次性验证码领取；也可携带证件到受理点领取。
        领取并导入介质、交回回执，即为接受。领取后请立即检查并试用证书。

        Application: {application}
        Code: {code}
        Address: {address}

        Your certificates are issued. Fetch them before {until} (Beijing time) with the one-time code above and the token in which the request was made, or come to a counter.
        Fetching, importing and returning the receipt is acceptance: please check and test the certificates at once.
        """);

    public static (string Subject, string Body) Refused(string application, string title, string reason) => (
        $"证书申请未通过（{application}）",
        $"""
        {title}：

        您的证书申请未通过审核。原因：{reason}
        请更正后重新提交，或到受理点咨询。

        Application: {application}
        Your application was refused for the reason above. Correct it and submit again, or ask at a counter.
        """);

    [Clause("6.2.7.3-c")]
    public static (string Subject, string Body) Revoked(string application, string title, string serial, string when) => (
        $"证书已撤销（{application}）",
        $"""
        {title}：

        序列号为 {serial} 的签名证书及其加密证书已于 {when} 撤销。如非本人申请，请立即联系注册机构。

        Application: {application}
        Your signing certificate {serial} and its encryption certificate were revoked at {when}. If you did not ask for this, tell the registration authority at once.
        """);
}
