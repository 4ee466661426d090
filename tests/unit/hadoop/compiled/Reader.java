/** What calls() is tried on; compiled with: javac --release 17 -g:none Reader.java */
class Reader {
    static final String NAME = "a.name";
    static final double HALF = 0.5;

    int getInt(String name, int otherwise) { return otherwise; }
    long getLong(String name, long otherwise) { return otherwise; }
    static String get(String name) { return name; }
    String get(String name, String otherwise) { return otherwise; }

    interface Source { boolean getBoolean(String name, boolean otherwise); }

    int nested() { return getInt("outer", getInt("inner", 1)); }
    long wide() { return getLong(NAME, 1L << 40); }
    String two() { return get("first", "second"); }
    boolean ofAnInterface(Source source) { return source.getBoolean("a.switch", true); }
    String variable(String name) { String unused = "a.name"; System.out.println(unused + name); return get(name); }

    int switches(int kind) {
        int[][] table = new int[3][4];
        for (int index = 0; index < 2; index++) kind += 1000 * HALF;
        switch (kind) {
            case 1: return getInt("dense", 1);
            case 2: return getInt("dense.too", 2);
            case 3: return 3;
            default: break;
        }
        switch (kind) {
            case 1: return getInt("sparse", table[1].length);
            case 1000: kind += 30000; return getInt("wide", kind);
            default: return getInt("last", 0);
        }
    }

    String lambda() {
        java.util.function.Supplier<String> later = () -> get("in.a.lambda");
        return later.get() + get("after.a.lambda") + kindOf(later);
    }

    static boolean kindOf(Object object) { return object instanceof String && ((String) object).isEmpty(); }
}
