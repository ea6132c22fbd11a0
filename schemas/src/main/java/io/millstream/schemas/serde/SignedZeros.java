package io.millstream.schemas.serde;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import java.io.IOException;
import java.math.BigDecimal;

/** Keeps the sign of {@code -0.0}, which a decimal number has none of: Avro's floats and doubles do. */
final class SignedZeros extends JsonParserDelegate {

    private static final class NegativeZero extends BigDecimal {

        private static final long serialVersionUID = 1L;

        NegativeZero(BigDecimal zero) {
            super(zero.unscaledValue(), zero.scale());
        }

        @Override
        public double doubleValue() {
            return -0.0;
        }

        @Override
        public String toString() {
            return "-" + super.toString();
        }
    }

    SignedZeros(JsonParser json) {
        super(json);
    }

    @Override
    public BigDecimal getDecimalValue() throws IOException {
        BigDecimal value = super.getDecimalValue();
        return value.signum() == 0 && getText().startsWith("-") ? new NegativeZero(value) : value;
    }
}
