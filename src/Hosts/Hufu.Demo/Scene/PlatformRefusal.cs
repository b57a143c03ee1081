namespace Hufu.Demo.Scene;

/// <summary>The platform refused, in the words of its problem details (RFC 9457).</summary>
internal sealed class PlatformRefusal(int status, string code, string message) : Exception(message)
{
    /// <summary>HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The refusal's code, e.g. <c>same-person</c>.</summary>
    public string Code { get; } = code;
}
