namespace Hufu.Ca.KeyCentre;

/// <summary>What the CA does about an errNo of ErrorPkgRespond. The standard's list could not be had (standards 4.2); these are the numbers of this platform's key centre, unknown ones wait.</summary>
internal static class KeyCentreAnswers
{
    private const int BadRequest = 1;
    private const int KeyNotAcceptable = 4;
    private const int InUse = 5;
    private const int NoSuchKey = 6;
    private const int NotAllowed = 7;

    /// <summary>Whether asking again cannot help. Everything else (not authentic, stale, try later, fault, a number that nobody told us) may be mended at the key centre, so the intent waits.</summary>
    public static bool IsFinal(int number) => number is BadRequest or KeyNotAcceptable or InUse or NotAllowed or NoSuchKey;

    /// <summary>Whether a retirement is as good as done: there is no such pair in use.</summary>
    public static bool IsRetired(int number) => number is NoSuchKey;
}
