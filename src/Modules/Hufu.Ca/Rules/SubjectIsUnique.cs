using Hufu.Contracts;

namespace Hufu.Ca.Rules;

/// <summary>A subject belongs to one holder (6.1.2-e).</summary>
internal static class SubjectIsUnique
{
    /// <param name="holderOfSubject">Whose it is, or null when it is nobody's.</param>
    /// <param name="holder">Who asks.</param>
    /// <exception cref="RefusedException">SubjectNotUnique.</exception>
    public static void Demand(string? holderOfSubject, string holder)
    {
        if (holderOfSubject is not null && holderOfSubject != holder)
        {
            throw new RefusedException(RefusalCode.SubjectNotUnique, "Another holder has this name.", "subject");
        }
    }
}
